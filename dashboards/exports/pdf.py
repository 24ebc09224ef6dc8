"""A release as a tagged PDF (PDF/UA-1), made from its own template. It needs the system's Pango library."""

from __future__ import annotations

import hashlib
import logging
from pathlib import Path
from threading import Lock
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from dashboards.errors import NotShown
from dashboards.exports.document import HANDLING, ExportDocument, code_of

_TEMPLATES = Path(__file__).parent / "templates"
_ONE_AT_A_TIME = Lock()
"""Fonts and layout are heavy, and the libraries under them are not made for threads."""


class PdfUnavailable(NotShown):
    """This machine cannot make a PDF: Pango is not installed."""

    def __init__(self) -> None:
        super().__init__("the PDF needs Pango, which is not installed (Debian: libpango-1.0-0 libpangoft2-1.0-0)")


def write(document: ExportDocument) -> bytes:
    """The PDF's bytes; raises `PdfUnavailable` if Pango is missing.

    Nothing is fetched from anywhere. The document's id is made from the release's id, so that it reveals nothing else.
    """
    weasyprint, fetcher = _engine()
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["code"] = code_of
    html = environment.get_template("release.html").render(doc=document)
    css = environment.get_template("release.css").render(
        handling=HANDLING,
        synthetic="Synthetic" if document.synthetic else "",
        release_id=document.release.release_id,
    )
    identifier = hashlib.sha256(document.release.release_id.encode()).hexdigest()[:32].encode()
    with _ONE_AT_A_TIME:
        sheet = weasyprint.CSS(string=css, url_fetcher=fetcher)
        page = weasyprint.HTML(string=html, url_fetcher=fetcher)
        written: bytes = page.write_pdf(stylesheets=[sheet], pdf_variant="pdf/ua-1", pdf_identifier=identifier)
    return written


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
