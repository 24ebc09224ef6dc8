"""The demo's own sign-in provider: whoever comes chooses which synthetic person to be. It serves this machine alone."""
