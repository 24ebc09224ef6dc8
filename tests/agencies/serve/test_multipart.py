"""Forms: any bytes come back as they were, and what is no form of ours is refused without repeating it."""

from __future__ import annotations

import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agencies.serve.form import read_file_form
from agencies.serve.multipart import NotMultipart, read_form

SUFFIXES = frozenset({".csv", ".xlsx"})
MAPPINGS = frozenset({"cpoms"})


def form(*parts: tuple[str, str | None, bytes]) -> tuple[str, bytes]:
    """(content type, body) of parts (name, file name, content)."""
    boundary = secrets.token_hex(16)
    body = b""
    for name, filename, content in parts:
        told = f'form-data; name="{name}"' + (f'; filename="{filename}"' if filename is not None else "")
        body += f"--{boundary}\r\nContent-Disposition: {told}\r\n\r\n".encode() + content + b"\r\n"
    return f"multipart/form-data; boundary={boundary}", body + f"--{boundary}--\r\n".encode()


@given(st.binary(max_size=300), st.binary(max_size=300))
def test_any_content_comes_back_byte_for_byte(one: bytes, other: bytes) -> None:
    found = read_form(*form(("file", "x.xlsx", one), ("header", "H.CSV", other), ("format", None, b"events")), SUFFIXES)
    assert found.files == {"file": (".xlsx", one), "header": (".csv", other)}
    assert found.fields == {"format": "events"}


@pytest.mark.parametrize("end", [b"\r", b"\n", b"\r\n", b"\r\r\n", b"--", b"\x00", b"\x85", b"\x1c\x0c"])
def test_line_ends_and_odd_bytes_stay(end: bytes) -> None:
    content = b"a" + end + b"b" + end
    assert read_form(*form(("file", "x.csv", content)), SUFFIXES).files["file"] == (".csv", content)


BAD = [
    ("text/csv", b"CHILD"),
    ("multipart/form-data", b"--x--\r\n"),
    ("multipart/form-data; boundary=x", b"Kanarienvogel"),
    ("multipart/form-data; boundary=x\r\nX: y", b"--x--\r\n"),
    ("multipart/mixed; boundary=x", b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--x--\r\n'),
    form(("file", "Kanarienvogel.exe", b"")),
    form(("file", "x.csv", b""), ("file", "x.csv", b"")),
]


@pytest.mark.parametrize(("content_type", "body"), BAD, ids=range(len(BAD)))
def test_what_is_no_form_is_refused_without_repeating_it(content_type: str, body: bytes) -> None:
    with pytest.raises(NotMultipart) as caught:
        read_form(content_type, body, SUFFIXES)
    assert "Kanarien" not in str(caught.value)


@given(st.binary(max_size=400))
def test_any_body_is_a_form_or_refused(body: bytes) -> None:
    for whole in (body, b"--x\r\n" + body, b"--x\r\nContent-Disposition: form-data; name=" + body + b"\r\n--x--\r\n"):
        try:
            read_form("multipart/form-data; boundary=x", whole, SUFFIXES)
        except NotMultipart:
            continue


FILE = ("file", "x.csv", b"")


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"format": "Kanarienvogel"},
        {"format": "mapped-csv"},
        {"format": "mapped-csv", "mapping": "../../../etc/passwd"},
        {"format": "mapped-csv", "mapping": "./cpoms.yaml"},
        {"format": "events", "mapping": "cpoms"},
        {"format": "events", "board": "Kanarienvogel"},
        {"format": "events", "collection_year": "1"},
        {"format": "events", "complete": "2026-01-01"},
        {"format": "events", "complete": "2026-02-01..2026-01-01"},
        {"format": "events", "Kanarienvogel": "1"},
    ],
)
def test_fields_are_ours_or_refused(fields: dict[str, str]) -> None:
    parts = [(name, None, value.encode()) for name, value in fields.items()]
    with pytest.raises(NotMultipart) as caught:
        read_file_form(read_form(*form(FILE, *parts), SUFFIXES), MAPPINGS)
    assert "Kanarien" not in str(caught.value)


def test_fields_mean_what_the_options_of_publish_mean() -> None:
    parts = {
        "format": "mapped-csv",
        "mapping": "cpoms.yaml",
        "board": "X08000001",
        "complete": "2026-01-01..2026-03-31",
    }
    found = read_file_form(
        read_form(*form(FILE, *((n, None, v.encode()) for n, v in parts.items())), SUFFIXES), MAPPINGS
    )
    assert (found.mapping, found.source, found.board, found.yes) == ("cpoms", "mapped-csv/cpoms", "X08000001", False)
    assert found.complete is not None
    assert str(found.complete.last) == "2026-03-31"
