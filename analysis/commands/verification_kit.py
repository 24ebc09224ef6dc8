"""`verification-kit`: releases with everything that an information-governance officer needs to audit them."""

from __future__ import annotations

from pathlib import Path

import click

from analysis.commands._audited import is_document, read_attack, read_json
from analysis.commands._errors import Unusable
from analysis.commands._register import register_option
from analysis.commands.audit import releases_argument
from analysis.verification.kit import write_kit
from models.service.atomic import NotWritten


@click.command(name="verification-kit")
@releases_argument
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), default=Path("verification-kit.zip"),
    show_default=True, help="The zip to write.",
)  # fmt: skip
@register_option
def command(releases: tuple[Path, ...], output: Path, register: Path | None) -> None:
    """Pack RELEASE files of one board with their ladder, parameters, hierarchy and a checker that needs nothing else.

    The recipient unpacks the zip and runs `python check.py`. It prints SAFE, DISCLOSED or CONTRADICTORY for each
    release and for all of them together; with --insider and --knowns it does so for an agency. A RELEASE is the output
    of `protect --json`, or a stored release, for which --register says how areas nest. Only published data goes in.
    """
    if any(is_document(read_json(path)) for path in releases):
        raise Unusable("a generic document is not a release: give it to check.py directly")
    if len({path.name for path in releases}) < len(releases):
        raise Unusable("two of the files have the same name")
    attack = read_attack(releases, (), (), steady=False, where=register)
    ladders = {release.ladder.version: release.ladder for release in attack.releases}
    rules = dict.fromkeys(release.rule for release in attack.releases)
    if len({type(rule) for rule in rules}) < len(rules):
        raise Unusable("the releases were made with different parameters: make a kit for each")
    if any(release.ladder != ladders[release.ladder.version] for release in attack.releases):
        raise Unusable("the releases have different ladders under one version")
    contents = {path.name: path.read_bytes() for path in releases}
    try:
        files = write_kit(output, contents, attack.board.shape, list(ladders.values()), rules)
    except NotWritten as problem:
        raise Unusable(str(problem)) from None
    click.echo(f"{output}: {len(files)} files, {len(releases)} releases; unpack it and run: python check.py")
