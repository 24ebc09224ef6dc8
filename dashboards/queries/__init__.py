"""SQL to view data: everything a page shows, read in one transaction from the rows of approved releases only."""

from dashboards.queries.board import BoardPage, board_page
from dashboards.queries.figures import FiguresPage, figures_page
from dashboards.queries.releases import newest_received, shortest_newest

__all__ = ["BoardPage", "FiguresPage", "board_page", "figures_page", "newest_received", "shortest_newest"]
