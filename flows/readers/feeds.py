"""Feeds: Atom as arXiv's API gives it, RSS 2.0 of arXiv and of Hugging Face's Daily Papers, and feeds like them."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from flows.readers.identifiers import parse_arxiv_id
from flows.readers.records import paper_from, split_authors
from flows.readers.streams import Stream
from flows.readers.xml import local_name, records, root_name, text_of
from schemas.records import Paper, Reject

if TYPE_CHECKING:
    from lxml.etree import _Element

_ANNOUNCEMENT = re.compile(r"\s*arXiv:\S{1,40} +Announce Type: [\w-]{1,40}\s+Abstract:\s*")
_SUMMARY_LABEL = re.compile(r"<b>\s*(?:Summary|Abstract):?\s*</b>:?\s*", re.IGNORECASE)
_TAG = re.compile(r"</?(?:p|br|a|b|i|em|strong|img|div|span|sup|sub|ul|ol|li)\b[^<>]*>", re.IGNORECASE)


def read(source: str, stream: Stream) -> Iterator[Paper | Reject]:
    """The papers of a feed, in order."""
    head = stream.peek(1).decode("utf-8", "replace")
    name, to_record = ("entry", _atom_record) if root_name(head) == "feed" else ("item", _rss_record)
    for number, element in enumerate(records(source, stream, name), 1):
        yield paper_from(to_record(element), source, f"{name} {number}")


def _atom_record(entry: _Element) -> dict[str, Any]:
    record: dict[str, Any] = {"authors": [], "categories": []}
    for child in entry:
        name, text = local_name(child), text_of(child).strip()
        if name == "author":
            record["authors"].append(text_of(child.find("{*}name")))
        elif name == "category":
            record["categories"].append(child.get("term"))
        elif name == "link":
            if child.get("rel", "alternate") == "alternate":
                record["url"] = child.get("href")
        elif name in ("id", "title", "summary", "published", "doi", "comment"):
            record[name] = text
    record.setdefault("published", text_of(entry.find("{*}updated")))
    record.setdefault("summary", text_of(entry.find("{*}content")))
    found = parse_arxiv_id(record.get("id", ""))
    if found:
        record.update(id=found[0], arxiv_id=record["id"])
    return record


def _rss_record(item: _Element) -> dict[str, Any]:
    texts: dict[str, list[str]] = {}
    for child in item:
        texts.setdefault(local_name(child).lower(), []).append(text_of(child).strip())
    first = {name: values[0] for name, values in texts.items()}
    description = first.get("description") or first.get("encoded", "")
    creators = texts.get("creator", [])
    record = {
        "title": first.get("title", ""),
        "abstract": _abstract(description),
        "url": first.get("link"),
        "published": first.get("pubdate") or first.get("date"),
        "authors": list(split_authors(creators[0])) if len(creators) == 1 else creators or _authors_in(description),
        "categories": texts.get("category", []),
        "doi": first.get("doi"),
        "id": first.get("guid"),
    }
    for text in (first.get("guid", ""), first.get("link", "")):
        if found := parse_arxiv_id(text):
            record.update(id=found[0], arxiv_id=text)
            break
    return record


def _abstract(description: str) -> str:
    """The abstract in an item's description: plain after arXiv's announcement, else HTML, with or without a label."""
    announced = _ANNOUNCEMENT.match(description)
    if announced:
        return description[announced.end() :]
    label = _SUMMARY_LABEL.search(description)
    return html.unescape(_TAG.sub(" ", description[label.end() :] if label else description)).strip()


def _authors_in(description: str) -> list[str]:
    match = re.search(r"<b>\s*Authors?:?\s*</b>:?([^<]{1,20000})", description, re.IGNORECASE)
    return list(split_authors(html.unescape(match[1]))) if match else []
