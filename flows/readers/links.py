"""Links that a source declares beside the text: in fields of their own, or in an author's comment."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from flows.readers.fields import first_text, names
from schemas.records import DeclaredLink, LinkRole

_MAX_COMMENT_CHARS = 2_000
_ROLES: tuple[LinkRole, ...] = ("code", "project", "data", "model")
_HOST_AND_PATH = re.compile(r"(?:www\.|github\.com/|gitlab\.com/|huggingface\.co/)\S+", re.IGNORECASE)
_URL = re.compile(r"https?://[^\s<>\"']+", re.IGNORECASE)
_CLOSING = ".,;:!?)]}"


def declared_links(fields: Mapping[str, Any]) -> tuple[DeclaredLink, ...]:
    """The links that a record's fields (by folded name) declare, each once, in the order of their roles."""
    links: dict[str, DeclaredLink] = {}
    for role in _ROLES:
        for name in names()["links"].get(role, ()):
            if name in fields and isinstance(value := fields[name], str) and (url := web_url(value)):
                links.setdefault(url, DeclaredLink(url, role))
    for link in links_in_comment(first_text(fields, names()["comments"]["names"])):
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
    for match in _URL.finditer(comment[:_MAX_COMMENT_CHARS]):
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
            if word in names()["comments"][role]:
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
