"""The meeting pack: papers and slides that a group takes to its meeting, all from one release."""
