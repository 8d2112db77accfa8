"""From one record of a source, whatever its field names, to one :class:`Paper` or one :class:`Reject`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from flows.readers.fields import first_text, first_value, fold, names
from flows.readers.identifiers import parse_arxiv_id, parse_date, parse_doi
from flows.readers.links import declared_links
from flows.readers.rejects import reject
from flows.readers.text import unwrap_abstract, unwrap_title
from schemas.records import MAX_TEXT_CHARS, Paper, Reject

MAX_FIELD_CHARS = 2_000
"""An identifier, URL, name or date longer than this is no such thing."""

MANY_NUMBERS = 100
"""A text with more numbers than this, and more numbers than words, is no prose. No abstract of 20,000 has over 86."""
MAX_NUMBERS = 2_000
"""No text may have more numbers than this: the extractors take about a millisecond for each."""

_NUMBER = re.compile(r"\d+")
_WORD = re.compile(r"[^\W\d_]{2,}")
_MAX_DEPTH = 10  # of lists and answers around a record
_URL = re.compile(r"https?://[^\s<>\"']+", re.IGNORECASE)


def papers_in(value: object, source: str, place: str, depth: int = 0) -> Iterator[Paper | Reject]:
    """The papers of one decoded JSON value: an object, or an object or a list that holds such objects."""
    if depth > _MAX_DEPTH:
        yield reject(source, place, "json", "nested too deeply")
    elif isinstance(value, list):
        for number, item in enumerate(value, 1):
            yield from papers_in(item, source, f"{place}, item {number}" if place else f"item {number}", depth + 1)
    elif not isinstance(value, dict):
        yield reject(source, place, "record_type", f"not a record but {_kind(value)}", value)
    elif (inner := _inner_list(value)) is not None:
        yield from papers_in(inner, source, place, depth + 1)
    else:
        yield paper_from(value, source, place)


def paper_from(record: Mapping[str, Any], source: str, place: str) -> Paper | Reject:
    """One record (field name to value) as a paper, or why it is none."""
    fields = _flatten(record)
    try:
        title = unwrap_title(_text(fields, "title"))
        abstract = unwrap_abstract(_text(fields, "abstract"))
    except TypeError as error:
        return reject(source, place, "text_type", str(error), record)
    one = {key: first_text(fields, known) for key, known in names()["one"].items()}
    arxiv_id, version = _arxiv(fields, one)
    doi = parse_doi(one["doi"])
    written_date = _first_created(fields.get("versions")) or one["published"]
    published = parse_date(written_date)
    paper = Paper(
        title=title,
        abstract=abstract,
        id=one["id"],
        url=_best_url(one["url"], arxiv_id, doi),
        published=published,
        page_date=None if published else written_date or None,
        arxiv_id=arxiv_id,
        arxiv_version=version,
        doi=doi,
        authors=_authors(fields),
        categories=_categories(first_value(fields, names()["many"]["categories"])),
        declared_links=declared_links(fields),
        source=source,
        record=place,
    )
    return checked(paper, record)


def checked(paper: Paper, record: object = None) -> Paper | Reject:
    """The paper if it can be kept: it has an abstract, its texts are bounded and storable; else the reason."""
    failed = _fault(paper)
    if failed is None:
        return paper
    shown = {"id": paper.id, "title": paper.title, "abstract": paper.abstract} if record is None else record
    return reject(paper.source, paper.record, *failed, shown)


def _fault(paper: Paper) -> tuple[str, str] | None:
    if not paper.abstract:
        reason = f"“{paper.title[:80]}” has no abstract" if paper.title else "has neither title nor abstract"
        return "abstract_missing", reason
    for name, text in (("title", paper.title), ("abstract", paper.abstract)):
        if len(text) > MAX_TEXT_CHARS:
            return f"{name}_length", f"the {name} has {len(text):,} characters, more than {MAX_TEXT_CHARS:,}"
        if reason := _numbers_for_words(text):
            return "prose", f"the {name} {reason}"
    for name, text in _all_texts(paper):
        if "\x00" in text:
            return "nul_character", f"the {name} has a NUL character"
        if not text.isascii() and not _encodable(text):
            return "encoding", f"the {name} has characters that are not valid Unicode"
        if name not in ("title", "abstract") and len(text) > MAX_FIELD_CHARS:
            return "field_length", f"the {name} has {len(text):,} characters, more than {MAX_FIELD_CHARS:,}"
    return None


def _numbers_for_words(text: str) -> str:
    """Why the text is no prose: far too many numbers, or many and more than words; "" for every abstract there is."""
    numbers = len(_NUMBER.findall(text))
    if numbers <= MANY_NUMBERS:
        return ""
    if numbers > MAX_NUMBERS:
        return f"has {numbers:,} numbers, more than {MAX_NUMBERS:,}: a table or noise, not an abstract"
    words = len(_WORD.findall(text))
    return f"has {numbers:,} numbers and {words:,} words: a table or noise, not prose" if numbers > words else ""


def _all_texts(paper: Paper) -> Iterator[tuple[str, str]]:
    yield "title", paper.title
    yield "abstract", paper.abstract
    yield "id", paper.id
    for name, text in (("URL", paper.url), ("date", paper.page_date), ("DOI", paper.doi)):
        if text:
            yield name, text
    for author in paper.authors:
        yield "author", author
    for category in paper.categories:
        yield "category", category
    for link in paper.declared_links:
        yield "link", link.url


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _kind(value: object) -> str:
    kinds = {dict: "an object", list: "a list", str: "a text", bool: "true or false", type(None): "null"}
    return kinds.get(type(value), "a number")


def _inner_list(record: Mapping[str, Any]) -> list[Any] | None:
    """The list of records that an answer wraps, where the record is not a paper itself."""
    fields = {fold(key): value for key, value in record.items()}
    if any(name in fields for name in names()["text"]["title"] + names()["text"]["abstract"]):
        return None
    for name in names()["nesting"]["lists"]:
        if isinstance(fields.get(name), list):
            return list(fields[name])
    return None


def _flatten(record: Mapping[str, Any]) -> dict[str, Any]:
    """The record's fields by folded name, with those of its known parts; ``{"value": x}`` (OpenReview) is x."""
    fields: dict[str, Any] = {}
    parts: list[Mapping[str, Any]] = [record]
    for name, value in record.items():
        if isinstance(value, dict) and fold(name) in names()["nesting"]["parts"]:
            parts.append(value)
    for part in parts:
        for name, value in part.items():
            if isinstance(value, dict) and set(value) == {"value"}:
                value = value["value"]
            if value not in (None, "", []):
                fields[fold(name)] = value
    return fields


def _text(fields: Mapping[str, Any], field: str) -> str:
    value = first_value(fields, names()["text"][field])
    if value is None:
        return ""
    if not isinstance(value, str):
        raise TypeError(f"the {field} is not a text but {_kind(value)}")
    return value


def _arxiv(fields: Mapping[str, Any], one: Mapping[str, str]) -> tuple[str | None, int | None]:
    for text in (one["arxiv"], one["id"], one["url"], one["doi"]):
        if text and (found := parse_arxiv_id(text)):
            return found[0], found[1] or _last_version(fields.get("versions")) or _number(fields.get("arxivversion"))
    return None, None


def _number(value: object) -> int | None:
    return value if isinstance(value, int) and 0 < value < 1000 else None


def _last_version(versions: object) -> int | None:
    """The newest version in the list of arXiv's snapshot."""
    if isinstance(versions, list) and versions and isinstance(versions[-1], dict):
        match = re.fullmatch(r"v(\d{1,3})", str(versions[-1].get("version")))
        return int(match[1]) if match else None
    return None


def _first_created(versions: object) -> str | None:
    """The date of the first version in the list of arXiv's snapshot."""
    if isinstance(versions, list) and versions and isinstance(versions[0], dict):
        created = versions[0].get("created")
        return created if isinstance(created, str) else None
    return None


def _best_url(url: str, arxiv_id: str | None, doi: str | None) -> str | None:
    if _URL.fullmatch(url):
        return url
    if arxiv_id:
        return f"https://arxiv.org/abs/{arxiv_id}"
    return f"https://doi.org/{doi}" if doi else None


def _authors(fields: Mapping[str, Any]) -> tuple[str, ...]:
    parsed = fields.get("authorsparsed")
    if isinstance(parsed, list):
        return _clean(" ".join([*name[1:2], *name[:1], *name[2:]]) for name in parsed if _is_name(name))
    value = first_value(fields, names()["many"]["authors"])
    if isinstance(value, str):
        return split_authors(value)
    if isinstance(value, list):
        return _clean(item.get("name") or item.get("fullname") if isinstance(item, dict) else item for item in value)
    return ()


def _is_name(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(part, str) for part in value)


def split_authors(text: str) -> tuple[str, ...]:
    """Names out of one text: separated by semicolons if there are any, else by commas and "and"."""
    text = " ".join(text.split())
    return _clean(text.split(";") if ";" in text else re.split(r", ?(?:and )?| and ", text))


def _clean(names: Iterable[object]) -> tuple[str, ...]:
    return tuple(stripped for name in names if isinstance(name, str) and (stripped := " ".join(name.split())))


def _categories(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return _clean(re.split(r"[;,]\s*" if re.search("[;,]", value) else r"\s+", value))
    return _clean(value) if isinstance(value, list) else ()
