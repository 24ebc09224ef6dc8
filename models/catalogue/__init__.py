"""The risk-indicator catalogue: dated YAML files that a board may edit, read through `load_catalogue`."""

from models.catalogue.load import CatalogueError, load_catalogue, shipped
from models.catalogue.types import Catalogue, Entry, Tier

__all__ = ["Catalogue", "CatalogueError", "Entry", "Tier", "load_catalogue", "shipped"]
