"""The board's actions: the page that shows them, overdue ones first, and the command that writes them (M14)."""
