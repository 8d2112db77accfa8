"""Which format a source has, told by its first bytes."""

from __future__ import annotations

import json
import re

from flows.readers import markdown, pages, tables
from flows.readers.errors import UnreadableSource
from flows.readers.xml import root_name

_MARKUP = {"feed": "feeds", "rss": "feeds", "rdf": "feeds", "tei": "tei", "teicorpus": "tei", "html": "html"}
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
    if head.startswith(b"PAR1"):
        return "parquet"
    for magic, offset, what in _BINARY:
        if head[offset:].startswith(magic):
            raise UnreadableSource(source, what)
    text = head.decode("utf-8-sig", "replace")
    if _is_binary(text[:1024]):
        raise UnreadableSource(source, f"binary data of a kind that is not known (starts with {head[:4].hex(' ')})")
    return _text_format(source, text.strip())


def _is_binary(text: str) -> bool:
    odd = sum(character == "\ufffd" or (character < " " and character not in "\t\n\r\f\v") for character in text)
    return odd > len(text) / 10


def _text_format(source: str, text: str) -> str:
    if text.startswith("["):
        return "markdown" if markdown.is_markdown(text[:2000].partition("\n")[0]) else "json_document"
    if text.startswith("{"):
        return "json_lines" if _is_json_lines(text) else "json_document"
    if text.startswith("<") and (name := _markup_format(source, text)):
        return name
    if re.search(r"\\(?:documentclass|documentstyle|begin\{(?:document|abstract)\})", text):
        return "latex"
    if tables.find_delimiter(text):
        return "tables"
    if any(line.startswith('{"') for line in text.splitlines()[1:20]):
        return "json_lines"
    if not pages.has_header(text) and markdown.is_markdown(text):
        return "markdown"
    if pages.is_page(text):
        return "pages"
    shown = " ".join(text[:60].split())
    raise UnreadableSource(source, f"text of a kind that is not known (starts with “{shown}”)")


def _markup_format(source: str, text: str) -> str | None:
    """The reader for XML or HTML; None for Markdown that starts with a tag."""
    name = root_name(text)
    if name in _MARKUP:
        return _MARKUP[name]
    if text.startswith("<?xml"):
        raise UnreadableSource(source, f"XML of a kind that is not known (its root is <{name}>)")
    return None if markdown.is_markdown(text) else "html"


def _is_json_lines(text: str) -> bool:
    """Whether text that starts with ``{`` has a record a line, rather than one object over many lines."""
    first, _, rest = text.partition("\n")
    try:
        json.loads(first)
    except (ValueError, RecursionError):
        return rest.lstrip().startswith("{") or not rest
    return True
