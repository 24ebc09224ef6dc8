"""Reads the catalogue: a directory of `indicators-YYYY-MM-DD.yaml`, each whole, in force from its date."""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from pathlib import Path

import yaml
from pydantic import ValidationError

from models.catalogue.types import Catalogue
from models.service.errors import ForeseenError
from models.service.yaml_text import read_yaml

SHIPPED = Path(__file__).parent
_FILE = re.compile(r"^indicators-(\d{4}-\d{2}-\d{2})\.ya?ml$")


class CatalogueError(ForeseenError):
    """A catalogue that cannot be used; the message names the file and what to mend."""


@cache
def shipped() -> Catalogue:
    """The newest catalogue that comes with the code."""
    return load_catalogue()


def load_catalogue(directory: Path = SHIPPED, on: date | None = None) -> Catalogue:
    """The newest catalogue in force on a day (the newest of all when none is given); the shipped one by default.

    Raises `CatalogueError` when the directory has none in force or a file does not validate.
    """
    dated = sorted(
        (date.fromisoformat(found[1]), path)
        for path in (directory.iterdir() if directory.is_dir() else ())
        if (found := _FILE.match(path.name))
    )
    in_force = [(day, path) for day, path in dated if on is None or day <= on]
    if not in_force:
        raise CatalogueError(f"{directory}: no indicators-YYYY-MM-DD.yaml{f' in force on {on}' if on else ''}")
    day, path = in_force[-1]
    try:
        catalogue = Catalogue.model_validate(read_yaml(path.read_text("utf-8")))
    except (yaml.YAMLError, ValidationError) as error:
        raise CatalogueError(f"{path}: {error}") from None
    if catalogue.version != day:
        raise CatalogueError(f"{path}: its version is {catalogue.version}, its name says {day}")
    return catalogue
