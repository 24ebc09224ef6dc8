"""What the ledger can be asked to do, besides building releases (ADR 0010)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from models.contract.fields import AgencyId, BoardCode, Closed
from models.releases.release import RequestBuild
from models.signals import RequestScan

RequestId = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,40}$")]


class RequestErase(Closed):
    """Erase everything an agency published for a board up to the request. Names no child: that is for the agency."""

    kind: Literal["erase_agency"] = "erase_agency"
    request_id: RequestId
    board: BoardCode
    agency: AgencyId
    requested_at: datetime


class RequestRemove(Closed):
    """Remove what happened before a day, because its retention has ended. The ledger itself makes this request."""

    kind: Literal["remove_old"] = "remove_old"
    request_id: RequestId
    board: BoardCode
    before: date
    requested_at: datetime


Request = Annotated[RequestBuild | RequestErase | RequestRemove | RequestScan, Field(discriminator="kind")]
AnyRequest = RequestBuild | RequestErase | RequestRemove | RequestScan
REQUEST: TypeAdapter[AnyRequest] = TypeAdapter(Request)
