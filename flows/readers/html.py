"""HTML: full texts by LaTeXML (arXiv's HTML pages, ``ltx_*`` classes), and pages with ``citation_*`` meta tags.

From a LaTeXML page come title and abstract, formulas as their LaTeX source between dollar signs, as arXiv's abstracts
have them. A link whose address does not show in the text is kept as a declared link.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flows.readers.errors import UnreadableSource
from flows.readers.identifiers import arxiv_id_in_name
from flows.readers.links import link_role, web_url
from flows.readers.records import paper_from
from flows.readers.streams import Stream, read_whole
from schemas.records import DeclaredLink, Paper, Reject

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_MAX_BYTES = 32 * 1024 * 1024
_SKIPPED = ("ltx_note", "ltx_tag", "ltx_title_abstract", "ltx_ERROR", "descriptor")
_PAGE_ADDRESS = re.compile(r"/(?:html|abs|pdf)/([^/?#]+)")


def read(source: str, stream: Stream) -> Iterator[Paper | Reject]:
    """The one paper of a page; raises :class:`UnreadableSource` where the page shows none."""
    from lxml import etree
    from lxml import html as lxml_html

    data = read_whole(source, stream, _MAX_BYTES)
    try:
        page = lxml_html.document_fromstring(data, parser=_parser(data))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableSource(source, "HTML that cannot be parsed") from error
    record, links = _record(page, source)
    if not record["title"] and not record["abstract"]:
        raise UnreadableSource(source, "an HTML page that is neither LaTeXML's nor has citation_* meta tags")
    paper = paper_from(record, source, "page")
    yield replace(paper, declared_links=(*paper.declared_links, *links)) if isinstance(paper, Paper) else paper


def _parser(data: bytes) -> Any:
    """A parser for the encoding that the page names, for UTF-8 where it names none that is known."""
    from lxml.html import HTMLParser

    match = re.search(rb"charset=[\"']?([\w-]{1,20})", data[:4096])
    try:
        return HTMLParser(encoding=match[1].decode("ascii") if match else "utf-8", no_network=True, huge_tree=False)
    except LookupError:
        return HTMLParser(encoding="utf-8", no_network=True, huge_tree=False)


def _record(page: HtmlElement, source: str) -> tuple[dict[str, Any], list[DeclaredLink]]:
    meta: dict[str, list[str]] = {}
    for tag in page.iterfind(".//meta[@name]"):
        meta.setdefault(tag.get("name", "").lower(), []).append(tag.get("content", ""))
    abstract = _first_of_class(page, "ltx_abstract")
    if abstract is None:
        abstract = _first_of_class(page, "abstract")
    paragraphs = _of_class(abstract, "ltx_p") if abstract is not None else []
    text = "\n\n".join(_text(part) for part in paragraphs) or (_text(abstract) if abstract is not None else "")
    first = {name: values[0] for name, values in meta.items()}
    title = _first_of_class(page, "ltx_title_document")
    record = {
        "title": _text(title) if title is not None else first.get("citation_title", ""),
        "abstract": text or first.get("citation_abstract", ""),
        "authors": [_text(name) for name in _of_class(page, "ltx_personname")] or meta.get("citation_author", []),
        "doi": first.get("citation_doi"),
        "date": first.get("citation_publication_date") or first.get("citation_date"),
        "arxiv_id": first.get("citation_arxiv_id") or _own_arxiv_id(page) or arxiv_id_in_name(source),
    }
    return record, _hidden_links(abstract, text)


def _own_arxiv_id(page: HtmlElement) -> str | None:
    """The identifier in the page's own address (its ``base`` or canonical link)."""
    for tag in (*page.iterfind(".//base[@href]"), *page.iterfind(".//link[@rel='canonical']")):
        if match := _PAGE_ADDRESS.search(tag.get("href", "")):
            return match[1]
    return None


def _of_class(element: HtmlElement, name: str) -> list[HtmlElement]:
    path = f"descendant::*[contains(concat(' ', normalize-space(@class), ' '), ' {name} ')]"
    found = element.xpath(path)
    return found if isinstance(found, list) else []


def _first_of_class(element: HtmlElement, name: str) -> HtmlElement | None:
    return next(iter(_of_class(element, name)), None)


def _text(element: HtmlElement) -> str:
    """What the element says, its line breaks undone: they mean nothing in HTML."""
    return " ".join("".join(_pieces(element)).split())


def _pieces(element: HtmlElement) -> Iterator[str]:
    if isinstance(element.tag, str) and not set(element.get("class", "").split()) & set(_SKIPPED):
        if element.tag == "math":
            yield f"${element.get('alttext', '')}$"
        elif element.tag == "br":
            yield " "
        else:
            yield element.text or ""
            for child in element:
                yield from _pieces(child)
                yield child.tail or ""


def _hidden_links(abstract: HtmlElement | None, text: str) -> list[DeclaredLink]:
    links = []
    for anchor in abstract.iterfind(".//a[@href]") if abstract is not None else ():
        url = web_url(anchor.get("href", ""))
        if url and url not in text:
            links.append(DeclaredLink(url, link_role(url, _text(anchor))))
    return links
