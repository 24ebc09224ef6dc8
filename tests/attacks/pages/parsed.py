"""Reads a page as a browser does (HTML5), and says whether an attack has become a part of it."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import tinyhtml5
from openpyxl import load_workbook

from tests.attacks.pages.world import FORMULAS

LEADS = ("href", "src", "action", "formaction", "content", "data", "poster", "srcset", "background")
NEVER = {"script", "iframe", "object", "embed", "base", "svg", "math", "style", "img", "video", "audio", "template"}

OUR_PICTURES = {
    ("svg", "picture"),
    ("svg", "picture bar"),
    ("svg", "picture map"),
    ("svg", "picture swatch"),
    ("svg", "picture among"),
    ("svg", "picture rows"),
}
"""Element and class of what `dashboards/pictures` draws."""


def elements(markup: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Every element of a page with its attributes."""
    for element in tinyhtml5.parse(markup, namespace_html_elements=False).iter():
        if isinstance(element.tag, str):
            yield element.tag.lower(), {str(name).lower(): value for name, value in element.attrib.items()}


_CHANGES = re.compile(r"(?<=[\"/])(?:[0-9a-f]{64}|[a-z]{24}|act-[0-9a-f]{16}|[0-9]+)(?=[\"/])")
_HEAD = re.compile(r"<header.*?</header>", re.DOTALL)
_HARMLESS: set[str] = set()
"""Parts of pages that were found to be so: pages differ in little, and reading one takes a while."""


def broken_into(markup: str) -> list[str]:
    """What of a page came from an attack; nothing if it is only text there."""
    same = _CHANGES.sub("", markup)
    parts = {_HEAD.sub("", same), *_HEAD.findall(same)}
    if parts <= _HARMLESS:
        return []
    found = _broken_into(markup)
    _HARMLESS.update(() if found else parts)
    return found


def _broken_into(markup: str) -> list[str]:
    found = []
    for tag, attributes in elements(markup):
        if "zq" in tag or (tag in NEVER and (tag, attributes.get("class")) not in OUR_PICTURES):
            found.append(tag)
        for name, value in attributes.items():
            if "zq" in name or name.startswith("on") or name in ("style", "srcdoc"):
                found.append(f"{tag} {name}")
            if name in LEADS and re.match(r"\s*(javascript|data|vbscript):", value, re.IGNORECASE):
                found.append(f"{tag} {name}={value}")
    if "zq-attr=1&gt;49" in markup or "zq-attr=1>49" in markup:
        found.append("a template was worked out")
    return found


def fields(markup: str) -> dict[str, list[tuple[str, str]]]:
    """The fields of the forms of a page that are no sign-out: name -> (kind, value)."""
    found: dict[str, list[tuple[str, str]]] = {}
    root = tinyhtml5.parse(markup, namespace_html_elements=False)
    for form in root.iter("form"):
        if form.get("action") == "/sign-out":
            continue
        for element in form.iter():
            if name := element.get("name"):
                kind, value = element.get("type", str(element.tag)), element.get("value", "")
                if element.tag == "select":
                    value = next((o.get("value", "") for o in element.iter("option") if o.get("value")), "")
                found.setdefault(name, []).append((kind, value))
    return found


def cells(suffix: str, content: bytes) -> Iterator[str]:
    """Every cell of a file that a spreadsheet program takes as typed in, as text."""
    if suffix == "csv":
        for row in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")):
            yield from row
    elif suffix == "xlsx":
        for sheet in load_workbook(io.BytesIO(content)):
            for line in sheet.iter_rows():
                for cell in line:
                    assert cell.data_type != "f", cell.value
                    if isinstance(cell.value, str):
                        yield cell.value
    else:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            root = ElementTree.fromstring(archive.read("content.xml"))  # noqa: S314
        for cell_of in root.iter():
            assert not any(name.endswith("formula") for name in cell_of.attrib), cell_of.attrib
            if cell_of.tag.endswith("}p"):
                yield "".join(cell_of.itertext())


def formulas(suffix: str, content: bytes) -> list[str]:
    """The cells that a spreadsheet program would work out. A number with its sign is none."""
    return [
        cell for cell in cells(suffix, content)
        if cell.startswith(FORMULAS) and not re.fullmatch(r"[+-]?[0-9.]+%?", cell)
    ]  # fmt: skip


def words_of(answer: Any) -> str:
    """What somebody is told, for the message of a test."""
    return " ".join(str(answer.text).split())[:300]
