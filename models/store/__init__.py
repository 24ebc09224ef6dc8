"""The SQL store: what the sink writes and the pages read. No child, no token and no exact count is ever in it."""

from models.store.access import GrantRow
from models.store.actions import ActionAcknowledgementRow, ActionAgencyRow, ActionRow
from models.store.audit import AuditRow
from models.store.base import Base, UtcDateTime
from models.store.engine import make_engine, upsert, writing
from models.store.life import ReleaseAnnotationRow, ReleaseApprovalRow, ReleaseCorrectionRow, ReleaseStateRow
from models.store.migrate import SchemaState, schema_state, upgrade
from models.store.people import PersonRow
from models.store.releases import ReleaseCellRow, ReleaseRow
from models.store.remedies import RefusedRuleRow, RemedyRow
from models.store.remedy_requests import RemedyRequestRow
from models.store.requests import RequestRow
from models.store.service_tokens import ServiceTokenRow
from models.store.sessions import SessionRow
from models.store.signals import SignalRow
from models.store.sink import LeaseRow, ServiceStateRow, SinkOffsetRow
from models.store.submissions import SubmissionRow
from models.store.typed import TypedFormRow

__all__ = [
    "ActionAcknowledgementRow",
    "ActionAgencyRow",
    "ActionRow",
    "AuditRow",
    "Base",
    "GrantRow",
    "LeaseRow",
    "PersonRow",
    "RefusedRuleRow",
    "ReleaseAnnotationRow",
    "ReleaseApprovalRow",
    "ReleaseCellRow",
    "ReleaseCorrectionRow",
    "ReleaseRow",
    "ReleaseStateRow",
    "RemedyRequestRow",
    "RemedyRow",
    "RequestRow",
    "SchemaState",
    "ServiceStateRow",
    "ServiceTokenRow",
    "SessionRow",
    "SignalRow",
    "SinkOffsetRow",
    "SubmissionRow",
    "TypedFormRow",
    "UtcDateTime",
    "make_engine",
    "schema_state",
    "upgrade",
    "upsert",
    "writing",
]
