"""The text of the published document: how to publish, in the order in which a newcomer asks.

tests/producers/test_contract.py tries each statement that can be tried. docs/producers/README.md says the same for
people.
"""

from __future__ import annotations

from models.contract.events import MAX_BYTES
from models.contract.fields import MAX_TOKENS

ABOUT = """\
Events about child sexual exploitation concerns and missing episodes, which agencies publish as CloudEvents 1.0. The
document describes the service: `receive` is what it takes from you, `send` what it sends you. Everything in the
examples is synthetic. Child tokens are pseudonymised personal data: treat topics, outboxes and logs that hold them as
such.

You are given: the broker's address, a login `agency.<your id>` with its password, the CA's certificate, your agency's
id, your board's code, the wards and towns of its register and the first date it accepts, the id of your
information-sharing agreement, and the link secret of the current epoch (a secret, from which you derive the key).
Your own secrets (`event-id`, `local`) you make yourself: 32 random bytes each, kept for good. You write the topic
`raw` and read the topic `receipts`; every other channel here is the service's own.
"""

SECTIONS: dict[str, str] = {
    "Whose event it is": """\
The agency of an event is the topic it came on. `data.agency` must be that agency, and `source` must be
`/agencies/<agency>`. An event id belongs to the agency that published it: the same id from another agency is that
agency's own event, and nobody can change or withdraw what another published. For the same reason `about_event_id`
names an event of your own: an interview about an episode that only the police recorded leaves it out, and is matched
by its child and `returned_on`. `data.board` is one of the boards that the register lists for your agency, and
`data.agreement_id` an agreement of yours that covers the board and is in force today.""",
    "On the wire": f"""\
One event is one Kafka record. **Structured mode**: the value is the whole CloudEvent as UTF-8 JSON; header
`content-type: application/cloudevents+json`. **Binary mode**: the value is `data` alone; each attribute is a header
`ce_<attribute>` with its text in UTF-8, and `content-type` is `application/json`. Both mean the same. A content type
that begins with `application/cloudevents` means structured mode; otherwise the header `ce_specversion` means binary
mode, and without either the value is read as structured. Attributes are `specversion` (`1.0`), `id`, `source`,
`type`, `time`, and if you like `datacontenttype` (`application/json`); any other is dropped. The value is at most
{MAX_BYTES} bytes, before compression. A record without a value is refused: withdraw instead. gzip, snappy, lz4 and
zstd are read. The record's key and all other headers are dropped: use what key you like, and whatever your tracing
library adds. If something that is dropped looks like an identifier, the intake receipt warns you; put
nothing about a child there. The record's timestamp is the broker's; yours is not used.""",
    "Event id": """\
40 letters a to p: the first 20 bytes of HMAC-SHA-256, each half byte as a letter (0 is a, 15 is p), under the key
derived from your `event-id` secret with info `0|event-id|v1`, of the UTF-8 bytes of `ypsem/event/v1`, the board, the
source type and the record's own key, joined by one byte 0x1F. The source type is the event's type, `|`, and its
`source_system` (`not_recorded` where you send none): `ypsem.missing_episode.v1|niche`. The record's own key is
whatever never changes about the record in your system, such as its number; it never leaves you. So the same record
has the same id for ever, and nobody else can tell what it is. A record that moves to another board, or that you send
under another `source_system`, has another id: withdraw the old one. Intake checks the form alone, so a random id that
you keep beside the record would do; a plain hash of the record's number would not, because numbers can be tried out.
`id` of the CloudEvent is `<event_id>.<revision>`.""",
    "Derived keys": """\
HKDF-SHA-256 (RFC 5869) of the 32-byte secret, no salt (32 zero bytes), 32 bytes out. Info is `<epoch>|<purpose>|v1`:
`1|link|v1` and `1|local|v1` for tokens of epoch 1, `0|event-id|v1` for ids. A key file is one line, `ypsem-key v1
<purpose> <epoch> <64 hex digits>`.""",
    "Child tokens": f"""\
`lt_` and 40 letters as above: HMAC-SHA-256 of `ypsem/link/v1`, the kind and the normalised identifier, joined by
0x1F, under the derived link key; for the kind `local` under the derived local key. (`ct_` tokens are the service's
own, and are refused from you.) At most {MAX_TOKENS} in an event; none twice, and of `nhs`, `upn` and `local` at most
one each in an epoch. There may be several `demog`, one for each spelling you know; events that share a token are
taken to be about one child, so send only forms that you believe. No token at all is allowed: the event then counts
as an event and links to nothing. `epoch` is that of the link secret; intake refuses an epoch that it has no key of
its own for. Normalised: **nhs** ten digits that pass modulus 11 (add up the first nine times 10 down to 2; 11 less
the remainder by 11 is the tenth, where 11 becomes 0 and 10 is invalid), spaces and hyphens dropped, with `chi:`
before a number whose first four digits are 01-31 and 01-12 (Scotland) and `hc:` before one that begins with 320 to
399 (Northern Ireland); 999 numbers only in synthetic data. **upn** trimmed, in capitals: a check letter, twelve
digits; add up the digits times 2 up to 13, and the remainder by 23 is the place, from 0, of the check letter in
ABCDEFGHJKLMNPQRTUVWXYZ. A UPN that ends in a letter is temporary: send no token. **demog** surname, first initial,
date of birth `YYYY-MM-DD` and sex F or M, joined by `|`; names in NFKD, case-folded, then only the letters a to z:
`osampletest|z|2010-02-01|F`. **local** your own person id in capitals with single spaces. If one is missing or not
valid, send no token of that kind.""",
    "Revisions": """\
`revision` counts from 0, from your own store. Raise it whenever the content of the record changes, and only then:
content is `data` without `revision`, as JSON with keys sorted by code point, no spaces, fields you did not set left
out; its SHA-256 tells whether it changed. That is for your own store: the hash is not sent. For the service a field
left out, null and its default are the same content; the order of tokens does not matter, that of other lists does.
The highest revision of an event counts, whatever order revisions arrive in. The same revision with the same content
is a repeat and changes nothing. The same revision with other content is a conflict: a fixed rule decides which of
them counts, and your ledger receipt says how many conflicts there were. Opening and closing a missing episode are
two revisions of one event.""",
    "Withdrawal": """\
`ypsem.withdrawal.v1`, with the `event_id` of what it takes back, the next revision, and agency, board and agreement
as always; nothing about the child, and no `source_system`. A later revision with content brings the event back. Allowed
after the agreement has ended.""",
    "Erasure": """\
`ypsem.erasure.v1`, with an `event_id` of its own, erases for good what you sent: the `event_ids` it names (up to
500), and of the board's events those that carry one of its `tokens` and whose `time` is not after the erasure's.
Nothing under an erased id is accepted again. It reaches your own events alone, and is allowed after the agreement has
ended.""",
    "Time and dates": """\
`time` is when you published, RFC 3339 with a zone: `2026-05-01T10:00:00Z`, and fractions of a second or an offset
(`2026-05-01T11:00:00.123+01:00`) are fine; at most a day ahead. Dates in `data` are London calendar days,
`YYYY-MM-DD`, not before the first date that the board accepts and not after tomorrow. There is no time of day and no
date of birth anywhere: hours and ages are bands. `data.missing_from` is a kind of place, `data.areas.missing_from`
where it is. Of an episode that lasts, `ended_on` is left out, and `duration_band` is `open` or left out.""",
    "Canonical form": """\
JSON is read strictly: numbers are numbers, unknown keys in `data` are refused, and codes are exactly those listed.
Which codes of one event go together (a scheme and its levels) is not checked. Order of keys and white space are
yours. What is left out has its default: `not_recorded` (nobody wrote it down) is not `unknown` (it was asked, and is
not known).""",
    "Delivery": """\
Acknowledgements `all`, an idempotent producer. No transactions: your login may not open one. Order does not matter,
so retry as often as you like and spread over the partitions as your client does. Keep what you sent, with the topic
partition and offset that the broker acknowledged, until an intake receipt covers them. If none does, or a gap receipt
does, publish the same bytes again. Repeats are recognised and change nothing.""",
    "Over HTTP": """\
The same events go to `POST /v1/events` (structured, or binary with `ce-` headers) and `/v1/events:batch` of the HTTP
intake, described in docs/http-intake.openapi.json; 202 says that the broker has it.""",
    "What is refused": """\
`x-refusals` of the intake receipt lists every rule with what to do next; docs/rules.md is the same page for people.
A refusal gives the offset, the rule and the path of the field, never a value.""",
}


def description() -> str:
    """The whole text, as CommonMark."""
    return ABOUT + "".join(f"\n## {title}\n\n{text}\n" for title, text in SECTIONS.items())
