"""XML element by element, without expanding entities, loading DTDs or touching the network.

Elements are freed as soon as they are behind, so that memory does not grow with the document. lxml's own limits on
depth and on the size of a text stay on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from flows.readers.errors import UnreadableSource

if TYPE_CHECKING:
    from lxml.etree import _Element

    from flows.readers.streams import Stream

_MAX_PARTS = 100_000  # elements in one record; a paper with 3,000 authors has about 10,000
_ROOT = re.compile(r"<(?:[\w.-]+:)?([\w.-]+)")
_PROLOG = (("<?", "?>"), ("<!--", "-->"), ("<!", ">"))


def root_name(text: str) -> str | None:
    """The local name of the root element of a document that starts with ``text``, in lower case."""
    at = 0
    while (at := text.find("<", at)) >= 0:
        closing = next((end for start, end in _PROLOG if text.startswith(start, at)), None)
        if closing is None:
            break
        at = text.find(closing, at)
        if at < 0:
            return None
    match = _ROOT.match(text, at) if at >= 0 else None
    return match[1].lower() if match else None


def local_name(element: _Element) -> str:
    """The element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def records(source: str, stream: Stream, name: str) -> Iterator[_Element]:
    """The elements with this local name, in order, each freed when the next is asked for.

    Raises:
        UnreadableSource: where the XML is broken (its line is told) or declares entities.
    """
    from lxml import etree

    events = etree.iterparse(
        stream,
        events=("start", "end"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    inside = parts = 0
    try:
        for event, element in events:
            parts += 1
            if local_name(element) == name:
                inside += 1 if event == "start" else -1
                if event == "end" and not inside:
                    _refuse_entities(source, element)
                    yield element
            if parts > _MAX_PARTS:
                raise UnreadableSource(source, f"a record of more than {_MAX_PARTS:,} elements")
            if not inside:
                parts = 0
                if event == "end":
                    _free(element)
    except etree.XMLSyntaxError as error:
        raise UnreadableSource(source, f"broken XML ({error.msg or 'it ends too early'})") from error


def _refuse_entities(source: str, element: _Element) -> None:
    if element.getroottree().docinfo.internalDTD is not None:
        raise UnreadableSource(source, "XML with a document type of its own; its entities are not expanded")


def _free(element: _Element) -> None:
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def text_of(element: _Element | None) -> str:
    """All text in an element, without its tags; "" for None."""
    return "" if element is None else "".join(str(part) for part in element.itertext())
