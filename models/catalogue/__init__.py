"""The risk-indicator catalogue: dated YAML files that a board may edit, read through `load_catalogue`."""

from models.catalogue.load import CatalogueError, load_catalogue, shipped
from models.catalogue.types import Catalogue, CatalogueEntry, Tier

__all__ = ["Catalogue", "CatalogueEntry", "CatalogueError", "Tier", "load_catalogue", "shipped"]
