"""Where: the map of a board's wards and towns, and the page of one of them. From released figures alone."""
