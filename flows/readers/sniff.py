"""Which format a source has, told by its first bytes."""

from __future__ import annotations

import json

from flows.readers import pages
from flows.readers.errors import UnreadableSource

_BINARY = (
    (b"%PDF", 0, "a PDF file: turn it into TEI with GROBID first"),
    (b"PK\x03\x04", 0, "a ZIP archive (or an office file): unpack it first"),
    (b"ustar", 257, "a tar archive: unpack it first"),
    (b"BZh", 0, "bzip2 data: unpack it first"),
    (b"\xfd7zXZ", 0, "xz data: unpack it first"),
    (b"7z\xbc\xaf", 0, "a 7-Zip archive: unpack it first"),
    (b"SQLite format 3", 0, "an SQLite database"),
    (b"DUCK", 8, "a DuckDB database: it is what papers are loaded into (--db), not a source"),
    (b"\x89PNG", 0, "a PNG picture"),
    (b"\xff\xd8\xff", 0, "a JPEG picture"),
    (b"\xff\xfe", 0, "UTF-16 text: save it as UTF-8"),
    (b"\xfe\xff", 0, "UTF-16 text: save it as UTF-8"),
)


def find_format(source: str, head: bytes) -> str:
    """The name of the reader's module for a source that starts with ``head``.

    Raises:
        UnreadableSource: where no reader fits; the reason names what was seen.
    """
    if not head.strip(b" \t\r\n\xef\xbb\xbf"):
        raise UnreadableSource(source, "empty")
    for magic, offset, what in _BINARY:
        if head[offset:].startswith(magic):
            raise UnreadableSource(source, what)
    if b"\x00" in head[:1024]:
        raise UnreadableSource(source, f"binary data of a kind that is not known (starts with {head[:4].hex(' ')})")
    return _text_format(source, head.decode("utf-8-sig", "replace").strip())


def _text_format(source: str, text: str) -> str:
    if text.startswith("["):
        return "json_document"
    if text.startswith("{"):
        return "json_lines" if _is_json_lines(text) else "json_document"
    if pages.is_page(text):
        return "pages"
    shown = " ".join(text[:60].split())
    raise UnreadableSource(source, f"text of a kind that is not known (starts with “{shown}”)")


def _is_json_lines(text: str) -> bool:
    """Whether text that starts with ``{`` has a record a line, rather than one object over many lines."""
    first, _, rest = text.partition("\n")
    try:
        json.loads(first)
    except (ValueError, RecursionError):
        return rest.lstrip().startswith("{") or not rest
    return True
