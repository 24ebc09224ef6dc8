"""From a reader's row to an outgoing event: ids and tokens by key, board and agreement by register, then validation.

Pure, given keys and register. What comes out holds no identifier; what is refused says so by rule and field only.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

import orjson
from pydantic import ValidationError

from agencies.errors import AgencyError
from agencies.keys import AgencyKeys, EpochKeys
from agencies.refuse import scan
from agencies.rows import CanonicalRow, SourceRow
from models.contract import tokens
from models.contract.codes import TokenKind
from models.contract.events import DATA_CLASSES, Common, Withdrawal, type_name
from models.contract.refusals import Refusal, from_validation
from models.register import Agency, Register
from models.register.admission import Admission
from models.service import clock

WITHDRAWAL = type_name("withdrawal")
TOKEN_ORDER = (TokenKind.NHS, TokenKind.UPN, TokenKind.DEMOG, TokenKind.LOCAL)
OWN_TOKENS = 3
"""How many we make of one child. The contract takes more (`models.contract.fields.MAX_TOKENS`)."""

_DAY_FIELDS = ("occurred_on", "held_on", "submitted_on")


class MintError(AgencyError):
    """The agency cannot publish at all; the message says what to mend."""


def require_agency(register: Register, agency: str) -> None:
    """Raise `MintError` for an agency that the register does not know."""
    if agency not in register.agency_by_id:
        known = ", ".join(sorted(register.agency_by_id))
        raise MintError(f"--agency {agency}: not in the register of {register.version}; it has {known}")


@dataclass(frozen=True, slots=True)
class Minted:
    """An event without its revision, which only the outbox knows."""

    number: int
    event_id: str
    record_digest: str
    event_type: str
    board: str
    day: date
    """When it happened (`occurred_on`, `held_on` or `submitted_on`): what `--complete` is about."""
    data: Mapping[str, object] = field(repr=False)
    content_hash: bytes = field(repr=False)
    revision: int | None = None
    """The revision an already canonical event came with; None where the outbox counts."""


@dataclass(frozen=True, slots=True)
class NotMinted:
    """A row that was read but may not go out; its digest keeps an earlier version from being withdrawn."""

    number: int
    record_digest: str
    refusals: tuple[Refusal, ...]


@dataclass(frozen=True)
class Minter:
    """Mints for one agency; `board` overrides the ward's, `today` decides which agreement is active."""

    agency: str
    register: Register
    keys: AgencyKeys = field(repr=False)
    today: date
    board: str | None = None
    now: datetime | None = None
    """What the time of an already canonical event is compared with; None: the clock."""

    def __post_init__(self) -> None:
        """Refuse to start for an agency or board that the register does not know."""
        require_agency(self.register, self.agency)
        if self.board is not None and self.board not in self._agency.boards:
            boards = ", ".join(self._agency.boards)
            raise MintError(f"--board: {self.agency} is registered for {boards}, and for no other")

    @cached_property
    def _agency(self) -> Agency:
        return self.register.agency_by_id[self.agency]

    @cached_property
    def _active(self) -> dict[str, str]:
        """Board -> id of the agreement under which the agency may share on `today`."""
        return {
            board: agreement
            for board, agreement in self._agreements()
            if self.register.agreement_by_id[agreement].in_force(self.today)
        }

    @property
    def _admission(self) -> Admission:
        return Admission(self.register, self.now or clock.now(), self.today)

    def _agreements(self) -> list[tuple[str, str]]:
        own = sorted((a for a in self.register.agreements if a.agency == self.agency), key=lambda a: a.active_from)
        return [(board, agreement.id) for agreement in own for board in agreement.boards]

    def digest(self, row: SourceRow) -> str:
        """The same for a record whatever its board: a keyed hash, so the outbox holds no record key."""
        return tokens.event_id(self.keys.record, "any-board", source_type(row), row.record_key)

    def digest_of_canonical(self, event_id: str) -> str:
        """The same, for an event that came with its id."""
        return tokens.event_id(self.keys.record, "canonical", "", event_id)

    @property
    def boards(self) -> tuple[str, ...]:
        """The boards the agency may have published for: those of its agreements, ended ones included."""
        return tuple(dict.fromkeys(board for board, _ in self._agreements()))

    def mint(self, row: SourceRow) -> Minted | NotMinted:
        """The outgoing event of a row, or why there is none."""
        digest = self.digest(row)
        board, refusal = self._board_of(row)
        if refusal is None and board not in self._active:
            refusal = Refusal("no-agreement", "agreement_id")
        if refusal is not None:
            return NotMinted(row.number, digest, (refusal,))
        data = self._data(row, board)
        try:
            valid = DATA_CLASSES[row.event_type].model_validate_json(orjson.dumps({**data, "revision": 0}))
        except ValidationError as error:
            return NotMinted(row.number, digest, tuple(from_validation(error)))
        return self._checked(row.number, digest, row.event_type, valid)

    def accept(self, row: CanonicalRow) -> Minted | NotMinted:
        """An event that is canonical already: its ids, tokens and revision stay; the rules are those of intake."""
        event = row.event
        digest = self.digest_of_canonical(event.data.event_id)
        if refusals := tuple(self._admission.refusals(self.agency, event)):
            return NotMinted(row.number, digest, refusals)
        return self._minted(row.number, digest, event.type, event.data, event.data.revision)

    def _checked(self, number: int, digest: str, event_type: str, valid: Common) -> Minted | NotMinted:
        made = self._minted(number, digest, event_type, valid)
        # What intake would refuse: better said here, where the sender hears of it.
        found = self._admission.content(valid, self.register.board_by_code[valid.board])
        refusals = tuple(found) or tuple(scan(made.data))
        return NotMinted(number, digest, refusals) if refusals else made

    def _minted(self, number: int, digest: str, event_type: str, valid: Common, revision: int | None = None) -> Minted:
        clean = valid.model_dump(mode="json", exclude_unset=True, exclude={"revision"})
        days = (getattr(valid, name, None) for name in _DAY_FIELDS)
        day = next((found for found in days if found is not None), self.today)
        event_id, board = valid.event_id, valid.board
        return Minted(number, event_id, digest, event_type, board, day, clean, content_hash(clean), revision)

    def _board_of(self, row: SourceRow) -> tuple[str, Refusal | None]:
        board = self.board or self.register.board_of_ward.get(row.ward or "")
        if board is None:
            return "", Refusal("board-unknown", "board")
        if board not in self._agency.boards:
            return "", Refusal("board-not-registered", "board")
        return board, None

    def _data(self, row: SourceRow, board: str) -> dict[str, object]:
        data: dict[str, object] = dict(row.fields)
        if isinstance(areas := data.get("areas"), Mapping):
            data["areas"] = {role: self._seen_from(board, code) for role, code in areas.items()}
        data["event_id"] = tokens.event_id(self.keys.event_id, board, source_type(row), row.record_key)
        data["agency"], data["board"], data["agreement_id"] = self.agency, board, self._active[board]
        if row.about is not None:
            about_type, about_key = row.about
            about = f"{about_type}|{row.fields.get('source_system', 'not_recorded')}"
            data["about_event_id"] = tokens.event_id(self.keys.event_id, board, about, about_key)
        if row.identifiers:
            data["tokens"] = self.tokens_of(row.identifiers)
        return data

    def _seen_from(self, board: str, code: object) -> object:
        """Another board's ward is `out_of_area`; a code nobody knows stays, and is refused."""
        owner = self.register.board_of_ward.get(str(code))
        return code if owner in (None, board) else "out_of_area"

    def tokens_of(self, identifiers: Mapping[str, str]) -> list[dict[str, object]]:
        """The strongest three; while epochs overlap the strongest one also under the epoch before, within three."""
        kinds = [kind for kind in TOKEN_ORDER if identifiers.get(kind.value)]
        before = self.keys.overlap
        if before is None:
            return [_token(self.keys, kind, identifiers) for kind in kinds[:OWN_TOKENS]]
        made = [_token(self.keys, kind, identifiers) for kind in kinds[: OWN_TOKENS - 1]]
        return made + [_token(before, kind, identifiers) for kind in kinds[:1]]

    def withdrawal(self, event_id: str, board: str) -> dict[str, object]:
        """The data of a withdrawal, without revision; under an agreement of that board, ended ones included.

        Raises `MintError` when the agency never had one: then the event cannot have been published.
        """
        agreement = self._active.get(board) or dict(self._agreements()).get(board)
        if agreement is None:
            raise MintError(f"{self.agency} has no agreement for board {board}; add it to the register to withdraw")
        plain = {"event_id": event_id, "agency": self.agency, "board": board, "agreement_id": agreement}
        return Withdrawal.model_validate({**plain, "revision": 0}).model_dump(
            mode="json", exclude_unset=True, exclude={"revision"}
        )


def _token(keys: AgencyKeys | EpochKeys, kind: TokenKind, identifiers: Mapping[str, str]) -> dict[str, object]:
    key = keys.local if kind is TokenKind.LOCAL else keys.link
    token = tokens.link_token(key, kind.value, identifiers[kind.value])
    return {"kind": kind.value, "epoch": keys.epoch, "token": token}


def source_type(row: SourceRow) -> str:
    """`ypsem.missing_episode.v1|ssda903`: event type and source system, so that equal keys never collide."""
    return f"{row.event_type}|{row.fields.get('source_system', 'not_recorded')}"


def content_hash(data: Mapping[str, object]) -> bytes:
    """SHA-256 of canonical JSON (sorted keys, no spaces); unset defaults are left out, so that an added field
    of the contract does not revise every event."""
    return hashlib.sha256(orjson.dumps(data, option=orjson.OPT_SORT_KEYS)).digest()


def envelope(agency: str, event_type: str, data: Mapping[str, object], revision: int, at: datetime) -> bytes:
    """The structured-mode CloudEvent as it goes on the wire; `at` is the time of publishing, UTC seconds."""
    return orjson.dumps(
        {
            "specversion": "1.0",
            "id": f"{data['event_id']}.{revision}",
            "source": f"/agencies/{agency}",
            "type": event_type,
            "time": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "datacontenttype": "application/json",
            "data": {**data, "revision": revision},
        },
        option=orjson.OPT_SORT_KEYS,
    )
