"""What each rule id means, in one sentence a case worker or analyst can act on; never about one row's values."""

from __future__ import annotations

RULE_TEXTS: dict[str, str] = {
    # DfE's rules for the 903 missing module, by their own numbers.
    "1004": "MIS_START is not a dd/mm/yyyy date",
    "1005": "MIS_END is not a dd/mm/yyyy date",
    "1006": "MISSING is neither M nor A",
    "564": "there is a type but no MIS_START",
    "565": "there is a MIS_START but no type",
    "566": "there is a MIS_END but no type",
    "567": "MIS_END is before MIS_START",
    "570": "MIS_START is after the end of the collection year",
    "571": "MIS_END is outside of the collection year",
    "574": "the period starts while an earlier one of the same child is open, or overlaps it",
    "575": "the placement ended, but the missing period has no end date",
    "576": "a period left open in last year's file is not in this one",
    "577": "the child ceased to be looked after, but the missing period has no end date",
    "578": "the period starts after the child ceased to be looked after",
    "580": "the child was missing when care ended, but the reason (REC) is not E8",
    "581": "the period starts before the child began to be looked after",
    "586": "the period starts before the child was born",
    "INT04": "the child is not in the Header file",
    "INT13": "the date of birth differs from the Header file's",
    # Ours.
    "no-episode-row": "the child has no row in the Episodes file",
    "no-period": "the line has neither type nor dates",
    "no-key": "a column that identifies the record is blank or not readable",
    "no-date": "the date of the event is blank",
    "no-board": "the board is not in the register",
    "repeated-key": "an earlier line has the same record key and other content; only the first is taken",
    "ragged-row": "the line has more or fewer cells than the header",
    "bad-date": "not a date in the accepted format (dd/mm/yyyy, with HH:MM if there is a time)",
    "bad-birth-date": "the date of birth is not a dd/mm/yyyy date: the age band is unknown",
    "bad-number": "not a number this field can hold",
    "bad-age": "not an age in whole years",
    "bad-year-group": "not a school year group",
    "bad-period": "not a period such as 2026Q1 or 2026-01",
    "age-out-of-range": "the age is outside of 0 to 25",
    "off-scale": "the score is outside of its scale",
    "unknown-code": "the value is in no code table; add it to the mapping, or correct it at source",
    "code-not-in-force": "the code was not part of its list in that year; it is read all the same",
    "unknown-ward": "the ward is not in the register",
    "ambiguous-ward": "several wards of the register have this name; use the ward's code, or give --board",
    "date-window": "a date is after tomorrow, or before the dates the board accepts",
    "end-before-start": "the end is before the start",
    "interview-before-return": "the interview is dated before the return",
    "recorded-before-event": "it was recorded before it happened",
    "month-first-dates": "some dates are month-first: check the order of day and month in the whole file",
    "bad-nhs-number": "not a valid NHS number: the child cannot be linked by it",
    "test-nhs-number": "an NHS number of the test range: not used outside of synthetic data",
    "bad-upn": "the UPN's check letter or authority number does not hold: the child cannot be linked by it",
    "test-upn": "a UPN of the made-up authority 999: not used outside of synthetic data",
    "temporary-upn": "a temporary UPN is not used for linking",
    "incomplete-demographics": "name, date of birth or sex are incomplete: the child cannot be linked by them",
    "not-json": "the line is not JSON",
    "too-large": "the line is longer than a message may be",
    "id-mismatch": "id is not event_id and revision",
    "source-mismatch": "source is not /agencies/ and the agency",
    "token-stage": "the event carries a token that is not the agency's own; agencies send lt_ tokens only",
    "too-deep": "the event nests deeper than any event of the contract",
    "data-base64": "data_base64 is not JSON, or there is data beside it",
}


def rule_text(rule: str) -> str:
    """The sentence of a rule; detectors' and the contract's rules come in families."""
    if rule in RULE_TEXTS:
        return RULE_TEXTS[rule]
    if rule.startswith("identifier."):
        return f"looks like an identifier ({rule.removeprefix('identifier.')}); nothing of the kind may leave"
    if rule.startswith("schema."):
        return "not allowed by the contract"
    return "see docs/rules.md"
