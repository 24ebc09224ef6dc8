"""`python -m agencies`: everything an agency runs, on its own machine."""

from __future__ import annotations

import click

from agencies.check import check
from agencies.conformance.command import conformance
from agencies.erase import erase
from agencies.keys_commands import keys_group
from agencies.publish.commands import drain_command, publish, receipts_command
from agencies.report_command import report
from agencies.serve.command import serve
from agencies.serve.credential_commands import serve_token
from models.service.commands import FileProgram, tell_exits


@click.group(cls=FileProgram, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
def main() -> None:
    """Publish your agency's CSE and missing-children events to a YPSEM group, without naming any child.

    \b
    First time:  python -m agencies keys create --keys keys --link-from FILE
    Dry run:     python -m agencies check FILE --format ssda903-missing
    Publish:     python -m agencies publish FILE --agency ID --format ssda903-missing
    Afterwards:  python -m agencies report

    Names, dates of birth, NHS numbers and postcodes stay on this machine: what leaves are codes, areas, dates and
    keyed tokens.
    """


main.add_command(check)
main.add_command(conformance)
main.add_command(keys_group)
main.add_command(publish)
main.add_command(drain_command)
main.add_command(erase)
main.add_command(receipts_command)
main.add_command(report)
main.add_command(serve)
main.add_command(serve_token)
tell_exits(main, "agencies")

if __name__ == "__main__":
    main(prog_name="python -m agencies")
