"""What would have to change for the brokers to know just the principals of the register, and the doing of it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from streams.access.cluster import AccessCluster, quota_values
from streams.access.passwords import Passwords
from streams.access.principals import Principal, Right, ours

Kind = Literal["login", "password", "allow", "quota", "disallow", "no-quota", "no-login"]


@dataclass(frozen=True, slots=True)
class RightChange:
    """One difference; `text` says it in words that hold no secret."""

    kind: Kind
    user: str
    text: str
    right: Right | None = None
    principal: Principal | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class State:
    """What the brokers know now."""

    users: Collection[str]
    rights: Mapping[str, set[Right]]
    quotas: Mapping[str, Mapping[str, float]]


def state(cluster: AccessCluster) -> State:
    """Ask the brokers; rights first, for a question about logins that is refused is not answered for half a minute."""
    rights = cluster.rights()
    return State(cluster.users(), rights, cluster.quotas())


def plan(wanted: Sequence[Principal], now: State, rotate: Collection[str] = ()) -> list[RightChange]:
    """Every change, in the order in which it is made: first what gives access, then what takes it away.

    Users of other names than ours are left alone. A login whose password file is gone stays as it is: it may have been
    handed over and deleted here.
    """
    return [*_gives(wanted, now, rotate), *_takes(wanted, now)]


def _gives(wanted: Sequence[Principal], now: State, rotate: Collection[str]) -> Iterator[RightChange]:
    for principal in wanted:
        user = principal.user
        if user not in now.users:
            yield RightChange("login", user, "make a login", principal=principal)
        elif user in rotate:
            yield RightChange("password", user, "change the password", principal=principal)
    for principal in wanted:
        for right in principal.rights:
            if right not in now.rights.get(principal.user, ()):
                yield RightChange("allow", principal.user, f"allow {_words(right)}", right, principal)
    for principal in wanted:
        if principal.quota is not None and now.quotas.get(principal.user) != quota_values(principal.quota):
            values = ", ".join(f"{key}={value:.0f}" for key, value in quota_values(principal.quota).items())
            yield RightChange("quota", principal.user, f"set {values}", principal=principal)


def _takes(wanted: Sequence[Principal], now: State) -> Iterator[RightChange]:
    known = {principal.user: principal for principal in wanted}
    for user in sorted(filter(ours, now.rights)):
        rights = known[user].rights if user in known else ()
        for right in sorted(now.rights[user] - set(rights)):
            yield RightChange("disallow", user, f"no longer allow {_words(right)}", right)
    for user in sorted(filter(ours, now.quotas)):
        if user not in known or known[user].quota is None:
            yield RightChange("no-quota", user, "no longer limit")
    for user in sorted(filter(ours, now.users)):
        if user not in known:
            yield RightChange("no-login", user, "remove the login")


def _words(right: Right) -> str:
    return f"{right.operation} on {right.resource} {right.name}"


def apply(cluster: AccessCluster, changes: Sequence[RightChange], passwords: Passwords) -> None:
    """Make the changes; safe to repeat after any failure. Raises what the admin client raises.

    A password is on disk before the brokers are told, and one that is there already is used for a login made anew.
    """
    cluster.allow((c.user, c.right) for c in changes if c.kind == "allow" and c.right is not None)
    for change in changes:
        if change.kind == "quota" and change.principal is not None:
            cluster.set_quota(change.user, change.principal.quota)
        elif change.kind in ("login", "password") and change.principal is not None:
            keep = change.kind == "login" and passwords.has(change.user)
            password = passwords.read(change.user) if keep else passwords.make(change.principal)
            cluster.set_password(change.user, password)
        elif change.kind == "no-quota":
            cluster.set_quota(change.user, None)
        elif change.kind == "no-login":
            cluster.remove_user(change.user)
            passwords.remove(change.user)
    cluster.disallow((c.user, c.right) for c in changes if c.kind == "disallow" and c.right is not None)
