"""From one record of a source, whatever its field names, to one :class:`Paper` or one :class:`Reject`."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from flows.readers.identifiers import parse_arxiv_id, parse_date, parse_doi
from flows.readers.text import unwrap_abstract, unwrap_title
from schemas.records import MAX_TEXT_CHARS, DeclaredLink, LinkRole, Paper, Reject

MAX_FIELD_CHARS = 2_000
"""An identifier, URL, name or date longer than this is no such thing."""

MAX_RECORD_CHARS = 4_000
"""A reject keeps so much of its record."""

_MAX_DEPTH = 10  # of lists and answers around a record
_ROLES: tuple[LinkRole, ...] = ("code", "project", "data", "model")
_HOST_AND_PATH = re.compile(r"(?:www\.|github\.com/|gitlab\.com/|huggingface\.co/)\S+", re.IGNORECASE)
_URL = re.compile(r"https?://[^\s<>\"']+", re.IGNORECASE)
_CLOSING = ".,;:!?)]}"


@cache
def _names() -> dict[str, dict[str, Any]]:
    return tomllib.loads(files("flows.readers").joinpath("fields.toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=4096)
def _fold(name: str) -> str:
    return "".join(character for character in name.lower() if character.isalnum())


def is_known_column(name: str) -> bool:
    """Whether a column of a table is one that a paper is made of."""
    names = _names()
    groups = (names["text"], names["one"], names["many"], names["links"], {"comment": names["comments"]["names"]})
    return any(_fold(name) in aliases for group in groups for aliases in group.values())


def is_part(name: str) -> bool:
    """Whether a column of a table is a structure with columns of a paper in it."""
    return _fold(name) in _names()["nesting"]["parts"]


def has_text_columns(columns: Iterable[str]) -> bool:
    """Whether the columns of a table hold a title and an abstract."""
    folded = {_fold(column) for column in columns}
    return all(folded.intersection(aliases) for aliases in _names()["text"].values())


def excerpt(record: object) -> str:
    """The record as valid JSON text of at most about :data:`MAX_RECORD_CHARS` characters."""
    try:
        text = json.dumps(record, default=repr, ensure_ascii=False).encode("utf-8", "replace").decode()
    except RecursionError:
        return '"a record that is nested too deeply to be shown"'
    if len(text) <= MAX_RECORD_CHARS:
        return text
    return json.dumps(text[:MAX_RECORD_CHARS] + " …", ensure_ascii=False)


def reject(source: str, place: str, check_name: str, reason: str, record: object = None) -> Reject:
    """A :class:`Reject` with its record cut to a bounded size."""
    return Reject(source, place, check_name, reason, "" if record is None else excerpt(record))


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
    names = _names()
    one = {key: _first(fields, names["one"][key]) for key in names["one"]}
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
        categories=_categories(_first_value(fields, names["many"]["categories"])),
        declared_links=_declared_links(fields),
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
    for name, text in _all_texts(paper):
        if "\x00" in text:
            return "nul_character", f"the {name} has a NUL character"
        if not text.isascii() and not _encodable(text):
            return "encoding", f"the {name} has characters that are not valid Unicode"
        if name not in ("title", "abstract") and len(text) > MAX_FIELD_CHARS:
            return "field_length", f"the {name} has {len(text):,} characters, more than {MAX_FIELD_CHARS:,}"
    return None


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
    fields = {_fold(key): value for key, value in record.items()}
    if any(name in fields for name in _names()["text"]["title"] + _names()["text"]["abstract"]):
        return None
    for name in _names()["nesting"]["lists"]:
        if isinstance(fields.get(name), list):
            return list(fields[name])
    return None


def _flatten(record: Mapping[str, Any]) -> dict[str, Any]:
    """The record's fields by folded name, with those of its known parts; ``{"value": x}`` (OpenReview) is x."""
    fields: dict[str, Any] = {}
    parts: list[Mapping[str, Any]] = [record]
    for name, value in record.items():
        if isinstance(value, dict) and _fold(name) in _names()["nesting"]["parts"]:
            parts.append(value)
    for part in parts:
        for name, value in part.items():
            if isinstance(value, dict) and set(value) == {"value"}:
                value = value["value"]
            if value not in (None, "", []):
                fields[_fold(name)] = value
    return fields


def _first_value(fields: Mapping[str, Any], names: Iterable[str]) -> Any:
    return next((fields[name] for name in names if name in fields), None)


def _first(fields: Mapping[str, Any], names: Iterable[str]) -> str:
    """The first of these fields that is a text or a whole number, as text; "" without one."""
    for name in names:
        if (value := fields.get(name)) is None:
            continue
        if isinstance(value, str) and (text := value.strip()):
            return text
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**18:
            return str(value)
    return ""


def _text(fields: Mapping[str, Any], field: str) -> str:
    value = _first_value(fields, _names()["text"][field])
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
    value = _first_value(fields, _names()["many"]["authors"])
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


def _declared_links(fields: Mapping[str, Any]) -> tuple[DeclaredLink, ...]:
    names = _names()
    links: dict[str, DeclaredLink] = {}
    for role in _ROLES:
        for name in names["links"].get(role, ()):
            if name in fields and isinstance(value := fields[name], str) and (url := web_url(value)):
                links.setdefault(url, DeclaredLink(url, role))
    for link in links_in_comment(_first(fields, names["comments"]["names"])):
        links.setdefault(link.url, link)
    for link in _links_of_extract(fields):
        links.setdefault(link.url, link)
    return tuple(links.values())


def web_url(text: str) -> str | None:
    """The link as a browser needs it, or None where the text is no http(s) link."""
    text = text.strip()
    if _HOST_AND_PATH.fullmatch(text):
        text = "https://" + text
    return text if _URL.fullmatch(text) else None


def links_in_comment(comment: str) -> list[DeclaredLink]:
    """The links in an author's comment ("Project page: https://…"), with the role that host or cue word gives."""
    links, before = [], 0
    for match in _URL.finditer(comment[:MAX_FIELD_CHARS]):
        url = match[0].rstrip(_CLOSING)
        links.append(DeclaredLink(url, link_role(url, comment[before : match.start()])))
        before = match.end()
    return links


def link_role(url: str, words_before: str) -> LinkRole:
    """What a link leads to, told by its host, else by the nearest cue word before it."""
    if re.match(r"https?://(?:www\.)?(?:github|gitlab)\.com/", url, re.IGNORECASE):
        return "code"
    for word in reversed(re.findall(r"[a-z]+", words_before.lower())):
        for role in _ROLES:
            if word in _names()["comments"][role]:
                return role
    return "other"


def _links_of_extract(fields: Mapping[str, Any]) -> Iterator[DeclaredLink]:
    """The links that an earlier ``extract`` wrote as declared by their source, in its JSON or its Parquet."""
    for name in ("links", "declaredlinks"):
        links = fields.get(name)
        for link in links if isinstance(links, list) else ():
            declared = isinstance(link, dict) and (name == "declaredlinks" or link.get("origin") == "source")
            if declared and isinstance(link.get("url"), str) and (url := web_url(link["url"])):
                yield DeclaredLink(url, link["role"] if link.get("role") in _ROLES else "other")
