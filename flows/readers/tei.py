"""TEI as GROBID writes it from a PDF: title, abstract and what the header knows. The body is passed over."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from flows.readers.identifiers import arxiv_id_in_name
from flows.readers.records import paper_from
from flows.readers.streams import Stream
from flows.readers.xml import records, text_of
from schemas.records import Paper, Reject

if TYPE_CHECKING:
    from lxml.etree import _Element


def read(source: str, stream: Stream) -> Iterator[Paper | Reject]:
    """The papers of a TEI document: one, or those of a corpus."""
    for number, header in enumerate(records(source, stream, "teiHeader"), 1):
        yield paper_from(_record(header, source), source, f"header {number}")


def _record(header: _Element, source: str) -> dict[str, Any]:
    ids = {str(item.get("type")).lower(): text_of(item) for item in header.iterfind(".//{*}biblStruct/{*}idno")}
    date = header.find(".//{*}monogr/{*}imprint/{*}date[@when]")
    if date is None:
        date = header.find(".//{*}publicationStmt/{*}date[@when]")
    return {
        "title": text_of(header.find(".//{*}titleStmt/{*}title")),
        "abstract": _abstract(header.find(".//{*}profileDesc/{*}abstract")),
        "authors": [_name(person) for person in header.iterfind(".//{*}analytic/{*}author/{*}persName")],
        "doi": ids.get("doi"),
        "arxiv_id": ids.get("arxiv") or arxiv_id_in_name(source),
        "date": None if date is None else date.get("when"),
    }


def _abstract(element: _Element | None) -> str:
    """The abstract, one line a paragraph, since its line breaks are the container's."""
    if element is None:
        return ""
    paragraphs = list(element.iterfind(".//{*}p")) or [element]
    return "\n\n".join(" ".join(text_of(paragraph).split()) for paragraph in paragraphs)


def _name(person: _Element) -> str:
    return " ".join(text_of(part) for part in person if text_of(part))
