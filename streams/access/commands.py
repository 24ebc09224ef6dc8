"""`python -m streams access` and `python -m streams certificates`."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import orjson

from models.service.exits import DONE, NOT_ALL
from streams.access.principals import Principal, principals
from streams.errors import StreamsError
from streams.options import register_of, settings_of

if TYPE_CHECKING:
    from streams.access.cluster import Strange


@click.command()
@click.option("--bootstrap", help="Kafka brokers, host:port[,host:port].")
@click.option("--register", "register_dir", type=click.Path(path_type=Path), help="Directory of the register.")
@click.option(
    "--passwords", "directory", type=click.Path(path_type=Path, file_okay=False), default=Path("passwords"),
    show_default=True, envvar="YPSEM_ACCESS_PASSWORDS",
    help="Directory for the password files, which nothing shows. [env YPSEM_ACCESS_PASSWORDS]",
)  # fmt: skip
@click.option("--apply", "apply_", is_flag=True, help="Make the changes; without it they are only shown.")
@click.option("--show", is_flag=True, help="Show who may do what by the register. No broker is asked.")
@click.option("--rotate", multiple=True, metavar="USER", help="Give this user a new password; may be repeated.")
@click.option(
    "--leave",
    multiple=True,
    metavar="USER",
    help="Leave this user's rules, which this command did not make; may be repeated.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def access(
    directory: Path,
    apply_: bool,
    show: bool,
    rotate: tuple[str, ...],
    leave: tuple[str, ...],
    as_json: bool,
    **given: Any,
) -> None:
    """Show how logins, rights and quotas on the brokers differ from the register; change them with --apply.

    One login for each agency and each service, each with the least it needs. Run it after every change of the
    register, as often as you like, as a user who may alter the cluster. It leaves users and
    rules alone that it did not make. It shows such rules: a person has to remove them, or name the user with --leave.
    """
    settings = settings_of(**given)
    wanted = principals(register_of(settings))
    if unknown := set(rotate) - {principal.user for principal in wanted}:
        raise click.UsageError(f"--rotate: no such user: {', '.join(sorted(unknown))}")
    if show:
        _show(wanted, as_json)
        return
    from kafka.admin import KafkaAdminClient
    from kafka.errors import KafkaError

    from streams.access.cluster import AccessCluster, AccessRefused
    from streams.access.passwords import Passwords
    from streams.access.plan import apply, plan, state

    passwords = Passwords(directory)
    try:
        admin = KafkaAdminClient(
            bootstrap_servers=settings.bootstrap.split(","), client_id="ypsem-access", **settings.client()
        )
        cluster = AccessCluster(admin)
        changes = plan(wanted, state(cluster), rotate)
        if apply_:
            apply(cluster, changes, passwords)
        left = plan(wanted, state(cluster)) if apply_ else changes
        strange = [one for one in cluster.strange_rules() if one.user not in leave]
        cluster.close()
    except (KafkaError, AccessRefused, OSError) as error:
        raise StreamsError(
            f"the brokers at {settings.bootstrap} do not answer, or refuse ({type(error).__name__}): "
            "start Kafka, or use the administrator's certificate"
        ) from None
    _tell(changes, strange, left=len(left), wanted=len(wanted), applied=apply_, as_json=as_json)
    sys.exit(NOT_ALL if left or strange else DONE)


def _tell(changes: list[Any], strange: list[Strange], *, left: int, wanted: int, applied: bool, as_json: bool) -> None:
    listed = [{"user": c.user, "change": c.kind, "text": c.text} for c in changes]
    if as_json:
        body: dict[str, Any] = {"users": wanted, "changes": listed, "applied": applied, "left": left}
        body["strange_rules"] = [{"user": one.user, "rule": one.text} for one in strange]
        click.echo(orjson.dumps(body, option=orjson.OPT_INDENT_2).decode())
        return
    for change in listed:
        click.echo(f"{change['user']}: {change['text']}")
    counted = ", ".join(f"{n} {kind}" for kind, n in sorted(Counter(c.kind for c in changes).items()))
    click.echo(f"{wanted} users wanted; {counted or 'nothing to change'}{'; made' if applied and changes else ''}")
    for one in strange:
        click.echo(f"not made by this command: {one.user}: {one.text}", err=True)
    if strange:
        click.echo("remove them (kafka-acls.sh --remove), or run again with --leave USER", err=True)
    if changes and not applied:
        click.echo("run again with --apply to make them")


def _show(wanted: list[Principal], as_json: bool) -> None:
    if as_json:
        body = [
            {
                "user": one.user,
                "rights": [{"operation": r.operation, "resource": r.resource, "name": r.name} for r in one.rights],
                "quota": one.quota,
            }
            for one in wanted
        ]
        click.echo(orjson.dumps(body, option=orjson.OPT_INDENT_2).decode())
        return
    for one in wanted:
        click.echo(one.user)
        for right in one.rights:
            click.echo(f"  {right.operation:9} {right.resource} {right.name}")


@click.command()
@click.option(
    "--folder", type=click.Path(path_type=Path, file_okay=False), required=True,
    help="Where they are made: ca.pem, ca.key, broker.pem, admin.*, postgres.*; mode 600, but for ca.pem.",
)  # fmt: skip
@click.option(
    "--host", "hosts", multiple=True, required=True, help="A name or address of the brokers; may be repeated."
)
@click.option(
    "--database",
    "databases",
    multiple=True,
    help="A name of the database's server, to make its certificate too; may be repeated.",
)
@click.option(
    "--days", type=click.IntRange(1, 3650), default=825, show_default=True, help="How long the certificates last."
)
def certificates(folder: Path, hosts: tuple[str, ...], databases: tuple[str, ...], days: int) -> None:
    """Make a certificate authority of your own, a certificate for the brokers and one for their administrator.

    For a cluster that has none. It uses openssl. It never overwrites a file: to renew a certificate, move it away
    first. Keep ca.key away from the brokers.
    """
    from streams.access.certificates import make

    for path in make(folder, hosts, days, databases):
        click.echo(f"{path}: made")
