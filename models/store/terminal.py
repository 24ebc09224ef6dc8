"""What PostgreSQL refuses to the terminal's login, whatever SQL it sends: acting as a person who signed in.

Nobody signs in at the terminal, so nobody there has a subject of the sign-in provider. Its login can write no name that
looks like one into the log, the requests and the approvals, and can bring no release of real children to where its
figures are shown: the rules of `dashboards/life/states.py` for typed names, held by the database as well. It can still
withdraw and correct.
"""

from __future__ import annotations

from collections.abc import Iterator

TABLES = ("audit_log", "requests", "release_approvals", "release_states")

_FUNCTION = """
CREATE OR REPLACE FUNCTION ypsem_at_the_terminal() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  written jsonb := to_jsonb(NEW) - 'body';
  shown CONSTANT text[] := ARRAY['approved_once', 'approved', 'superseded'];
BEGIN
  IF current_user <> '{login}' THEN
    RETURN NEW;
  END IF;
  IF coalesce(written ->> 'who', written ->> 'requested_by', written ->> 'principal', '') LIKE '%:%' THEN
    RAISE insufficient_privilege USING MESSAGE = 'nobody at the terminal signed in';
  END IF;
  IF TG_TABLE_NAME = 'release_approvals' OR (
    TG_TABLE_NAME = 'release_states' AND written ->> 'state' = ANY (shown)
    AND NOT (TG_OP = 'UPDATE' AND to_jsonb(OLD) ->> 'state' IN ('approved', 'superseded'))
  ) THEN
    IF NOT EXISTS (
      SELECT FROM public.releases WHERE release_id = written ->> 'release_id' AND synthetic
    ) THEN
      RAISE insufficient_privilege USING MESSAGE = 'people who signed in approve it, on the pages';
    END IF;
  END IF;
  RETURN NEW;
END $$
"""


def statements(login: str) -> Iterator[str]:
    """The statements that make it so; they may be repeated. `login` is one of our own names."""
    yield _FUNCTION.replace("{login}", login)
    for table in TABLES:
        yield f"DROP TRIGGER IF EXISTS at_the_terminal ON {table}"
        yield (
            f"CREATE TRIGGER at_the_terminal BEFORE INSERT OR UPDATE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION ypsem_at_the_terminal()"
        )
