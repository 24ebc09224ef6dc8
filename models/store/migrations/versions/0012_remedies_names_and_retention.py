"""Requests of operations, names of people, and a log whose oldest rows may go by rule."""
# ruff: noqa: S608 (the statements are our own words alone)

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

_REFUSAL = "the audit log can only grow, but for rows past their time"
# What a checkpoint says (models/store/chain.py): "1233 rows, 2190 days" are gone, or may go, and were older than that.
_SQLITE = [
    "DROP TRIGGER audit_log_no_delete",
    "CREATE TRIGGER audit_log_no_delete BEFORE DELETE ON audit_log WHEN NOT EXISTS ("
    "SELECT 1 FROM audit_log AS c WHERE c.who = 'retention' AND c.action = 'audit.remove' "
    "AND OLD.number <= CAST(c.detail AS INTEGER) "
    "AND julianday(OLD.at) < julianday(c.at) - CAST(substr(c.detail, instr(c.detail, ', ') + 2) AS INTEGER)"
    f") BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END",
]
_POSTGRESQL = [
    "DROP TRIGGER audit_log_grows_only ON audit_log",
    "CREATE TRIGGER audit_log_grows_only BEFORE UPDATE OR TRUNCATE ON audit_log "
    "FOR EACH STATEMENT EXECUTE FUNCTION audit_log_refuse()",
    "CREATE FUNCTION audit_log_past() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    "IF NOT EXISTS (SELECT 1 FROM audit_log c WHERE c.who = 'retention' AND c.action = 'audit.remove' "
    "AND OLD.number <= split_part(c.detail, ' ', 1)::bigint "
    "AND OLD.at < c.at - make_interval(days => split_part(c.detail, ' ', 3)::int)) "
    f"THEN RAISE EXCEPTION '{_REFUSAL}'; END IF; RETURN OLD; END $$",
    "CREATE TRIGGER audit_log_keeps BEFORE DELETE ON audit_log FOR EACH ROW EXECUTE FUNCTION audit_log_past()",
]


def upgrade() -> None:
    """Create the three tables and the index; let rows of the log go that a checkpoint in it names."""
    op.create_table(
        "remedy_requests",
        sa.Column("request_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("topic", sa.String(length=80), nullable=False),
        sa.Column("partition", sa.Integer(), nullable=True),
        sa.Column("offset", sa.BigInteger(), nullable=True),
        sa.Column("agency", sa.String(length=40), nullable=False),
        sa.Column("rule", sa.String(length=64), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("text", sa.String(length=280), nullable=False),
        sa.Column("requested_by", sa.String(length=64), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by", sa.String(length=64), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_remedy_requests")),
    )
    op.create_index(op.f("ix_remedy_requests_published_at"), "remedy_requests", ["published_at"])
    op.create_table(
        "refused_rules",
        sa.Column("rule", sa.String(length=64), nullable=False),
        sa.Column("records", sa.Integer(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("rule", name=op.f("pk_refused_rules")),
    )
    op.create_table(
        "people",
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("signed_in_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("who", name=op.f("pk_people")),
    )
    op.create_index(op.f("ix_audit_log_who_at"), "audit_log", ["who", "at"])
    for statement in _SQLITE if op.get_bind().dialect.name == "sqlite" else _POSTGRESQL:
        op.execute(statement)
