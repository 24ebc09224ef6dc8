"""Every exit code of every command, in one table. Help texts come from it, and a test compares docs/running.md with it.

The rule: 0, all is done; 1, it is done, but something was refused, is left to do or is wrong; 2, it could not be done.
Other codes tell a supervisor what to do.
"""

from __future__ import annotations

from typing import NamedTuple

DONE = 0
NOT_ALL = 1
"""It was done, and something was refused, is left to do or is wrong: the lines printed before say what."""
UNUSABLE = 2
"""It could not be done. The same as click's own code for wrong use."""
TOPIC_MADE_ANEW = 3
LEASE_HELD = 4
FAULT = 70
"""sysexits EX_SOFTWARE: a supervisor starts the process again; nothing was acknowledged that is not confirmed."""
START_AGAIN = 75
"""sysexits EX_TEMPFAIL: stopped in good order, to be started again."""


class Exit(NamedTuple):
    """One code of one command, or of every command below it."""

    command: str
    """As after `python -m`, such as `streams worker`; empty for any."""
    code: int
    meaning: str
    what_to_do: str


_READ = "read the lines it printed"
_KEEP = "read the line it printed, and keep a copy of the database as it is"
_DO = "do what the line says, run it again"

TABLE: tuple[Exit, ...] = (
    Exit("", DONE, "done, or stopped when asked to", "nothing"),
    Exit("", UNUSABLE, "it could not be done: wrong use, or a setting, file, key, register, port, broker or database "
         "that cannot be used. What was recorded before is kept", _DO),
    Exit("streams worker", NOT_ALL, "with `--role all`: one of the two ended well though nobody asked it to",
         "restart; look at its log"),
    Exit("streams worker", FAULT, "stopped loudly, input not acknowledged: an error, or cut off from the broker or "
         "frozen for most of its session ([runbook](runbook.md#the-broker-is-away))",
         "restart: compose does; if it comes back, report the line `stopping:` of the log"),
    Exit("streams worker", START_AGAIN, "the register has changed: stopped in good order",
         "start it again: compose does"),
    Exit("streams topics", NOT_ALL, "something is left to change, or is left that it may not change",
         "run it with `--apply`; partitions are changed by a person"),
    Exit("streams access", NOT_ALL, "something is left to change, or it found a rule that it did not make",
         f"run it with `--apply`; {_READ}"),
    Exit("streams operations", FAULT, "a fault in the program",
         "restart: compose does; report the line `stopping:` of the log"),
    Exit("streams skip", NOT_ALL, "there was nothing to skip: no such record, or it was handled", _READ),
    Exit("streams redrive", NOT_ALL, "nothing was found under that rule", _READ),
    Exit("streams gaps close", NOT_ALL, "no such gap is open", _READ),
    Exit("streams balances", NOT_ALL, "an agency's account does not close",
         "[runbook](runbook.md#a-balance-does-not-close)"),
    Exit("streams restore", NOT_ALL, "the topics are not empty", "restore into new ones only"),
    Exit("models", NOT_ALL, "the generated schemas are out of step with the code", "run it with `--write`"),
    Exit("models.store retention", NOT_ALL, "the audit log does not hold, so nothing of it was removed",
         _KEEP),
    Exit("models.store tables", NOT_ALL, "a login has no line in the password file", "add it, run it again"),
    Exit("consumers sink", TOPIC_MADE_ANEW, "a topic was recreated: the stored position is in another log",
         "read its line: restore the topic, or start once with `--from-beginning`"),
    Exit("consumers sink", LEASE_HELD, "another sink writes to this database",
         "stop one; a dead one's lease ends by itself"),
    Exit("consumers sink", FAULT, "a fault in the program", "restart; report the log"),
    Exit("dashboards approve", NOT_ALL, "a release was refused: who, when or what the rules do not allow", _READ),
    Exit("dashboards withdraw", NOT_ALL, "a release was refused: who, when or what the rules do not allow", _READ),
    Exit("dashboards correct", NOT_ALL, "a notice was refused: who, when or what the rules do not allow", _READ),
    Exit("dashboards actions", NOT_ALL, "refused: who, when or what the rules do not allow", _READ),
    Exit("dashboards export", NOT_ALL, "a release is not approved, or not there; nothing was written", _READ),
    Exit("dashboards pack", NOT_ALL, "no release of the board is approved; nothing was written",
         "approve one, or name another board"),
    Exit("dashboards audit verify", NOT_ALL, "the log does not hold",
         _KEEP),
    Exit("dashboards audit anchor", NOT_ALL, "the log does not hold, or no longer contains an earlier head",
         _KEEP),
    Exit("dashboards breach-report", NOT_ALL, "the log itself does not hold, so the report cannot be relied on",
         _KEEP),
    Exit("agencies", NOT_ALL, "some rows were refused, or a withdrawal needs `--yes`", "[rules.md](rules.md)"),
    Exit("agencies conformance", NOT_ALL, "a point of the contract does not hold for that producer",
         "read the point, and correct the producer"),
    Exit("agencies serve-token revoke", NOT_ALL, "there was nothing to revoke", "`serve-token list` shows them"),
    Exit("analysis audit", NOT_ALL, "something is disclosed", _READ),
    Exit("analysis audit", UNUSABLE, "contradictory: a published value must be wrong; or a file cannot be read", _READ),
    Exit("analysis mechanism", NOT_ALL, "more can be concluded than docs/privacy.md says", _READ),
    Exit("analysis measures-doc", NOT_ALL, "docs/measures.md is out of step", "run `make measures-doc`"),
)  # fmt: skip


def exits_of(command: str) -> dict[int, Exit]:
    """Code -> its meaning for one command. An entry for the command itself overrides one for a command above it."""
    codes: dict[int, Exit] = {}
    for row in sorted(TABLE, key=lambda row: len(row.command)):
        if not row.command or command == row.command or command.startswith(f"{row.command} "):
            codes[row.code] = row
    return dict(sorted(codes.items()))


def help_line(command: str) -> str:
    """The exit codes of a command, as its help gives them: the table without its Markdown."""
    codes = "; ".join(f"{code}: {_plain(row.meaning)}" for code, row in exits_of(command).items())
    return f"Exit code {codes}."


def _plain(meaning: str) -> str:
    return meaning.split(" ([runbook]")[0].replace("`", "")
