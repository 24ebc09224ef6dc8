"""A release as a tagged PDF (PDF/UA-1), made from its own template. It needs the system's Pango library.

Drawing one takes seconds, so it is bounded: one is drawn at a time, a few wait for it, the others are told to come
again, and what was drawn lately is kept.
"""

from __future__ import annotations

import hashlib
import logging
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from threading import BoundedSemaphore, Lock
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from dashboards.errors import NotShown
from dashboards.exports.document import HANDLING, ExportDocument

_TEMPLATES = Path(__file__).parent / "templates"
_ONE_AT_A_TIME = Lock()
"""Fonts and layout are heavy, and the libraries under them are not made for threads."""
KEPT = 16
"""How many documents are kept: each is some hundred kilobytes, and the same for everybody who may take it."""
WAITING = 4
"""How many may wait for one that is being drawn; each keeps a thread of the pages busy."""
PATIENCE_SECONDS = 60.0
_PLACES = BoundedSemaphore(WAITING + 1)
_drawn: OrderedDict[bytes, bytes] = OrderedDict()
"""Hash of what a document says -> its bytes, the one used last at the end."""


class PdfUnavailable(NotShown):
    """This machine cannot make a PDF: Pango is not installed."""

    def __init__(self) -> None:
        super().__init__("the PDF needs Pango, which is not installed (Debian: libpango-1.0-0 libpangoft2-1.0-0)")


class PdfBusy(NotShown):
    """Too many documents are asked for at once."""

    def __init__(self) -> None:
        super().__init__("too many PDFs are asked for at once")


def write(document: ExportDocument) -> bytes:
    """The PDF's bytes; raises `PdfUnavailable` if Pango is missing, `PdfBusy` if too many are asked for at once.

    Nothing is fetched from anywhere. The document's id is made from the release's id, so that it reveals nothing else.
    """
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    html = environment.get_template("release.html").render(doc=document)
    css = environment.get_template("release.css").render(
        handling=HANDLING,
        synthetic="Synthetic" if document.synthetic else "",
        release_id=document.release.release_id,
    )
    return drawn(html, css, document.release.release_id)


def drawn(html: str, css: str, name: str) -> bytes:
    """The PDF/UA-1 of a page of HTML, with the limits that hold for all PDFs; `name` is what its id is made from.

    Raises `PdfUnavailable` if Pango is missing, `PdfBusy` if too many are asked for at once.
    """
    weasyprint, fetcher = _engine()
    identifier = hashlib.sha256(name.encode()).hexdigest()[:32].encode()

    def draw() -> bytes:
        sheet = weasyprint.CSS(string=css, url_fetcher=fetcher)
        page = weasyprint.HTML(string=html, url_fetcher=fetcher)
        drawn: bytes = page.write_pdf(stylesheets=[sheet], pdf_variant="pdf/ua-1", pdf_identifier=identifier)
        return drawn

    # By all that it says, so that a notice put beside a release since is in the next document.
    return _bounded(hashlib.sha256(f"{css}\0{html}".encode()).digest() + identifier, draw)


def _bounded(key: bytes, draw: Callable[[], bytes]) -> bytes:
    """What was drawn lately under this key, or drawn now; raises `PdfBusy` if too many wait already."""
    if (kept := _drawn.get(key)) is not None:
        return kept
    if not _PLACES.acquire(blocking=False):
        raise PdfBusy
    try:
        if not _ONE_AT_A_TIME.acquire(timeout=PATIENCE_SECONDS):
            raise PdfBusy
        try:
            if key not in _drawn:
                _drawn[key] = draw()
            _drawn.move_to_end(key)
            if len(_drawn) > KEPT:
                _drawn.popitem(last=False)
            return _drawn[key]
        finally:
            _ONE_AT_A_TIME.release()
    finally:
        _PLACES.release()


def _engine() -> tuple[Any, Any]:
    """The library, which loads Pango when it is imported, and a fetcher that refuses everything."""
    try:
        import weasyprint  # type: ignore[import-untyped]
        from weasyprint.urls import FatalURLFetchingError, URLFetcher  # type: ignore[import-untyped]
    except OSError:
        raise PdfUnavailable from None
    # Its warnings quote the document.
    logging.getLogger("weasyprint").setLevel(logging.CRITICAL)
    logging.getLogger("fontTools").setLevel(logging.WARNING)

    class Nothing(URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: dict[str, str] | None = None) -> None:
            raise FatalURLFetchingError("a release needs nothing from elsewhere")

    return weasyprint, Nothing()
