"""Which sector can see which indicator, and which indicators go with which kind of exploitation (docs/domain.md)."""

from __future__ import annotations

from demo.synthetic import borough as b

LETTER = {
    "P": b.POLICE,
    "C": b.SOCIAL_CARE,
    "H": b.HEALTH,
    "E": b.SCHOOLS,
    "Y": b.YOUTH_JUSTICE,
    "V": b.VOLUNTARY,
    "O": b.HOUSING,
}

# code: (category, letters of the sectors that are in a position to see it)
CATALOGUE: dict[str, tuple[str, str]] = {
    "MISS_REPEAT": ("missing", "PCEV"),
    "MISS_OVERNIGHT": ("missing", "PC"),
    "WHEREABOUTS": ("missing", "CEV"),
    "LATE_OUT": ("missing", "CV"),
    "CTRL_ADULT": ("relationships", "PCHEV"),
    "UNK_VEHICLE": ("relationships", "PCE"),
    "UNK_CALLERS": ("relationships", "CEV"),
    "EXPLOITED_PEERS": ("relationships", "ECVY"),
    "RECRUITING": ("relationships", "PCE"),
    "GANG_ASSOC": ("relationships", "PYE"),
    "HOTEL_TAXI_FOOD": ("location", "PCV"),
    "RISKY_AREA": ("location", "PCV"),
    "UNSUIT_ACCOM": ("living", "OCY"),
    "RESIDENTIAL": ("living", "C"),
    "OUT_OF_AREA": ("living", "C"),
    "GIFTS_MONEY": ("material", "CEVY"),
    "ONLINE_GROOM": ("online", "PCE"),
    "PHONE_USE": ("online", "CE"),
    "SEXUAL_IMAGES": ("online", "PE"),
    "STI_REPEAT": ("health", "H"),
    "STI": ("health", "H"),
    "PREG_TERM": ("health", "H"),
    "INJURY": ("health", "HPEC"),
    "DRUGS": ("health", "HCYE"),
    "ALCOHOL": ("health", "HCY"),
    "SELF_HARM": ("health", "HCE"),
    "MENTAL_HEALTH": ("health", "HEC"),
    "SCHOOL_ABSENCE": ("education", "E"),
    "APPEARANCE": ("behaviour", "ECV"),
    "OFFENDING": ("behaviour", "PY"),
    "ENGAGEMENT": ("behaviour", "HCVY"),
    "ESTRANGED": ("vulnerability", "CV"),
    "ABUSE_HISTORY": ("vulnerability", "CHP"),
    "DOMESTIC_ABUSE": ("vulnerability", "PCH"),
    "PARENT_SM_MH": ("vulnerability", "CH"),
    "LEARNING_DIS": ("vulnerability", "EHC"),
    "LOW_ESTEEM_ISOL": ("vulnerability", "EVC"),
    "TRAFFICKED": ("trafficking", "PC"),
    "DISCLOSURE_WITHDRAWN": ("disclosure", "PCHE"),
    "DISCLOSURE": ("disclosure", "PCHEYVO"),
}

SIGNS: dict[str, tuple[str, ...]] = {
    "inappropriate_relationship": ("CTRL_ADULT", "UNK_VEHICLE", "GIFTS_MONEY", "PREG_TERM", "STI", "ESTRANGED"),
    "peer": ("EXPLOITED_PEERS", "SEXUAL_IMAGES", "PHONE_USE", "APPEARANCE", "SELF_HARM"),
    "organised_network": ("UNK_VEHICLE", "HOTEL_TAXI_FOOD", "UNK_CALLERS", "TRAFFICKED", "RECRUITING", "STI_REPEAT"),
    "party": ("ALCOHOL", "DRUGS", "RISKY_AREA", "HOTEL_TAXI_FOOD", "LATE_OUT"),
    "gang_group": ("GANG_ASSOC", "OFFENDING", "DRUGS", "INJURY", "RISKY_AREA"),
    "lone_offender": ("CTRL_ADULT", "GIFTS_MONEY", "UNK_CALLERS", "LOW_ESTEEM_ISOL"),
    "online": ("ONLINE_GROOM", "PHONE_USE", "SEXUAL_IMAGES", "LOW_ESTEEM_ISOL"),
}
COMMON_SIGNS = (
    "MISS_REPEAT",
    "MISS_OVERNIGHT",
    "WHEREABOUTS",
    "SCHOOL_ABSENCE",
    "APPEARANCE",
    "ENGAGEMENT",
    "MENTAL_HEALTH",
    "SELF_HARM",
    "GIFTS_MONEY",
    "ABUSE_HISTORY",
    "DOMESTIC_ABUSE",
    "UNSUIT_ACCOM",
    "DISCLOSURE",
    "DISCLOSURE_WITHDRAWN",
)
ORDINARY_SIGNS = (
    "SCHOOL_ABSENCE",
    "SCHOOL_ABSENCE",
    "APPEARANCE",
    "LEARNING_DIS",
    "LOW_ESTEEM_ISOL",
    "MENTAL_HEALTH",
    "SELF_HARM",
    "DRUGS",
    "ALCOHOL",
    "PHONE_USE",
    "OFFENDING",
    *("GANG_ASSOC",) * 3,
    *("EXPLOITED_PEERS",) * 3,
    "ENGAGEMENT",
    "ESTRANGED",
    "DOMESTIC_ABUSE",
    "PARENT_SM_MH",
    "UNSUIT_ACCOM",
    "UNSUIT_ACCOM",
    "LATE_OUT",
    "INJURY",
)
"""Seen in many children who are not exploited: why an indicator is not a concern."""


def category(code: str) -> str:
    """The catalogue's category of an indicator."""
    return CATALOGUE[code][0]


def observers(code: str) -> list[str]:
    """Agencies in a position to see an indicator."""
    return [LETTER[letter] for letter in CATALOGUE[code][1]]
