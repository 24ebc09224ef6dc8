"""Runs a command that must not outlive its parent: `tether.py PARENT SIGNAL USER -- command …`.

Linux sends `SIGNAL` to the command when its parent dies, also when the parent was killed and could not clean up.
Elsewhere the command simply runs. `USER` is `-`, or an account to become first (PostgreSQL refuses root); changing
user clears the request to the kernel, so the order here matters. Only the standard library, for it runs under -I.
"""

from __future__ import annotations

import ctypes
import os
import pwd
import sys

_PR_SET_PDEATHSIG = 1


def become(user: str) -> None:
    """Give up root for an account, its groups and home folder included."""
    account = pwd.getpwnam(user)
    os.setgroups([])
    os.setgid(account.pw_gid)
    os.setuid(account.pw_uid)
    os.environ["HOME"] = "/"
    os.umask(0o077)


def main(arguments: list[str]) -> None:
    parent, signal_number, user = int(arguments[0]), int(arguments[1]), arguments[2]
    command = arguments[4:]
    if user != "-":
        become(user)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal_number)
        if os.getppid() != parent:  # it died before the request was made
            raise SystemExit(1)
    os.execvp(command[0], command)  # noqa: S606 (this is what the file is for)


if __name__ == "__main__":
    main(sys.argv[1:])
