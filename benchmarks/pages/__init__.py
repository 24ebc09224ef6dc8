"""How long the pages take, with years of releases for many boards: every route, first hits and repeated ones apart."""
