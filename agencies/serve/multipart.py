"""Reads a `multipart/form-data` body (RFC 7578) with Python's own MIME parser, in memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from email import policy
from email.message import Message
from email.parser import BytesParser

from agencies.errors import RequestError


class NotMultipart(RequestError):
    """The body is no form; its text holds nothing of the body."""


@dataclass(frozen=True, slots=True)
class MultipartForm:
    """Named fields, and named files with the suffix of the name the client gave, which is all that is kept of it."""

    fields: dict[str, str] = field(repr=False)
    files: dict[str, tuple[str, bytes]] = field(repr=False)
    """Field name -> (suffix such as `.csv`, content)."""


def read_form(content_type: str, body: bytes, suffixes: frozenset[str]) -> MultipartForm:
    """The form in a body; raises `NotMultipart`, also for a part that comes twice or a file of another suffix."""
    if not content_type.isascii() or "\n" in content_type or "\r" in content_type:
        raise NotMultipart("its content type cannot be read")
    head = b"Content-Type: " + content_type.encode() + b"\r\n\r\n"
    message = BytesParser(policy=policy.compat32).parsebytes(head + body)
    if message.get_content_type() != "multipart/form-data" or not message.is_multipart() or message.defects:
        raise NotMultipart("the body is not multipart/form-data")
    fields: dict[str, str] = {}
    files: dict[str, tuple[str, bytes]] = {}
    for part in message.get_payload():
        if not isinstance(part, Message) or part.is_multipart():
            raise NotMultipart("a part is a form itself")
        name, content = _name(part), part.get_payload(decode=True)
        if not isinstance(content, bytes) or name in fields or name in files:
            raise NotMultipart("a part comes twice")
        filename = part.get_filename()
        if filename is None:
            fields[name] = content.decode("utf-8", "replace")
        else:
            files[name] = _suffix(filename, suffixes), content
    return MultipartForm(fields, files)


def _name(part: Message) -> str:
    name = part.get_param("name", header="content-disposition")
    if (
        part.get_content_disposition() != "form-data"
        or not isinstance(name, str)
        or part.get("content-transfer-encoding")
    ):
        raise NotMultipart("a part has no name, or is encoded")
    return name


def _suffix(filename: str, suffixes: frozenset[str]) -> str:
    suffix = filename[filename.rfind(".") :].lower() if "." in filename else ""
    if suffix not in suffixes:
        raise NotMultipart(f"a file's name must end in one of {', '.join(sorted(suffixes))}")
    return suffix
