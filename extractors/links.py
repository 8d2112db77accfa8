"""Links of a paper: what each address is (role, repository) and whether it is there already.

The role follows the guidelines: what the clause before the link says is there, code before anything else; the kind of
the host where the clause says nothing. Cues, hosts and nouns are data (``data/links.toml``).
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from typing import cast

from spacy.language import Language
from spacy.tokens import Doc

from extractors.code_status import code_status
from extractors.hosts import host_of
from extractors.phrases import compile_phrases, word_alternation
from extractors.tokenizer import FIELD_BREAK, text_of
from extractors.urls import Url, address_of, find_urls, link_data
from schemas.records import FieldName, Link, LinkRole

CLAUSE_CHARS = 400
"""How far before a link its clause may reach."""
AFTER_CHARS = 80
"""How far behind a link words may stand that date it."""

_SENTENCE_END = re.compile(r"[.!?][\"')\]}]{0,3}\s+(?=[\"'(\[]{0,2}[A-Z\\])|\n\s*\n")
_REPOSITORY = re.compile(r"(?:github\.com|raw\.githubusercontent\.com)/([A-Za-z0-9][\w.-]*)/([\w.-]+)", re.IGNORECASE)
_NOT_OWNERS = frozenset({"topics", "orgs", "sponsors", "features", "collections", "marketplace", "apps", "search"})
_CLAUSE_END = re.compile(r"[.;]\s|\n|,?\s(?:and|while|but|whereas)\s")
_LOCUS = re.compile(r"\b(?:at|on|via|from|through|in|to|under)\s+(?:\w+\s+){0,2}$")
_CONNECTIVE = re.compile(r"(?:\W|\b(?:and|or|at|on|the|also|both|in|https)\b)*", re.IGNORECASE)


def repository_of(url: str) -> str | None:
    """ "owner/name" of a GitHub address, None for every other one."""
    match = _REPOSITORY.match(address_of(url))
    if match is None or match[1].lower() in _NOT_OWNERS:
        return None
    return f"{match[1]}/{match[2].removesuffix('.git')}"


@functools.cache
def _head_pattern() -> re.Pattern[str]:
    data = link_data()
    heads = word_alternation(word for head in data["head"] for word in head["words"])
    after = word_alternation(word for group in data["after_head"] for word in group["words"])
    return re.compile(rf"(?<![\w-])({heads})(?=\s*(?:[^\w\s-]|-\s|$|(?:{after})(?![\w-])))", re.IGNORECASE)


@functools.cache
def _head_roles() -> dict[str, tuple[LinkRole, bool]]:
    """For each head the role that it gives, and whether it only shows the work ("videos"), which gives way."""
    heads = link_data()["head"]
    return {word: (cast(LinkRole, head["role"]), head.get("shown", False)) for head in heads for word in head["words"]}


@functools.cache
def _boundary() -> re.Pattern[str]:
    words = word_alternation(word for group in link_data()["boundary"] for word in group["words"])
    return re.compile(rf"(?<![\w-])(?:{words})(?![\w-])|;", re.IGNORECASE)


@functools.cache
def _firm_boundaries() -> frozenset[str]:
    """Boundaries that hold even where no head follows: what comes after them is said of a subject far before."""
    return frozenset(word for group in link_data()["boundary"] if group.get("firm") for word in group["words"])


@functools.cache
def _later(side: str) -> re.Pattern[str]:
    data = link_data()
    phrases = [phrase for cue in data["later"] if cue["side"] == side for phrase in cue["phrases"]]
    return compile_phrases(phrases, data["words"])


@functools.cache
def _named() -> tuple[tuple[re.Pattern[str], LinkRole], ...]:
    return tuple(
        (re.compile(rf"(?<![a-z])(?:{word_alternation(named['words'])})(?![a-z])"), cast(LinkRole, named["role"]))
        for named in link_data()["named"]
    )


def find_links(text: str, field: FieldName) -> tuple[Link, ...]:
    """The links of one field of a paper, in its order; offsets are those of ``text``."""
    urls = find_urls(text)
    clauses = _clauses(text, urls)
    shared = [
        (i > 0 and clauses[i] == clauses[i - 1]) or (i + 1 < len(urls) and clauses[i] == clauses[i + 1])
        for i in range(len(urls))
    ]
    links = []
    for i, url in enumerate(urls):
        clause = text[clauses[i][0] : clauses[i][1]]
        after = text[url.end : min(url.end + AFTER_CHARS, urls[i + 1].start if i + 1 < len(urls) else len(text))]
        links.append(
            Link(
                url=url.url,
                role=_role(url, clause, shared[i]),
                repo=repository_of(url.url),
                released=not _lies_ahead(clause, after),
                span=text[url.start : url.end],
                start=url.start,
                end=url.end,
                field=field,
            )
        )
    return tuple(links)


def _clauses(text: str, urls: Sequence[Url]) -> list[tuple[int, int]]:
    """For each URL the offsets of the words that introduce it; URLs of one list share theirs."""
    clauses: list[tuple[int, int]] = []
    previous_end = 0
    for url in urls:
        start = max(previous_end, url.start - CLAUSE_CHARS)
        for stop in _SENTENCE_END.finditer(text, start, url.start):
            start = stop.end()
        same_list = start == previous_end and clauses and _CONNECTIVE.fullmatch(text, start, url.start)
        clauses.append(clauses[-1] if same_list else (start, url.start))
        previous_end = url.end
    return clauses


def _role(url: Url, clause: str, shared: bool) -> LinkRole:
    host = host_of(url.url)
    address = address_of(url.url).lower()
    named = next((role for pattern, role in _named() if pattern.search(address)), None)
    if named is not None and host is not None and host.repo:
        return named
    if shared and host is not None and host.role in ("code", "data", "model"):
        return host.role
    said = _said(clause)
    if said is not None:
        return said
    return host.role if host is not None else "project"


def _said(clause: str) -> LinkRole | None:
    """What the clause says is there: code if it is among it, else the first thing; the page itself counts last."""
    start = 0
    for boundary in _boundary().finditer(clause):
        if boundary[0].lower() in _firm_boundaries() or _head_pattern().search(clause, boundary.end()):
            start = boundary.end()
    things: list[LinkRole] = []
    places: list[LinkRole] = []
    for head in _head_pattern().finditer(clause, start):
        role, is_shown = _head_roles()[" ".join(head[1].lower().split())]
        before = clause[max(0, head.start() - 40) : head.start()].lower()
        is_place = is_shown or (role == "project" and _LOCUS.search(before))
        (places if is_place else things).append(role)
    if "code" in things:
        return "code"
    return next(iter(things + places), None)


def _lies_ahead(clause: str, after: str) -> bool:
    """The words before or right behind the link say that it will come later."""
    if _later("before").search(clause):
        return True
    same_clause = _CLAUSE_END.split(after, maxsplit=1)[0]
    cue = _later("after").search(same_clause)
    return cue is not None and cue.start() <= AFTER_CHARS // 4


@Language.factory("paperclaims_links", assigns=["doc._.links", "doc._.code"])
def make_links(nlp: Language, name: str) -> LinksComponent:
    """The component that finds links and the paper's statement on its code."""
    return LinksComponent()


class LinksComponent:
    """Writes ``doc._.links`` (tuple of :class:`Link`) and ``doc._.code`` of a paper's Doc."""

    def __init__(self) -> None:
        for extension, default in (("links", ()), ("code", "none")):
            if not Doc.has_extension(extension):
                Doc.set_extension(extension, default=default)

    def __call__(self, doc: Doc) -> Doc:
        text, split = text_of(doc), doc._.abstract_start
        title, abstract = text[: max(0, split - len(FIELD_BREAK))], text[split:]
        doc._.links = (*find_links(title, "title"), *find_links(abstract, "abstract"))
        doc._.code = code_status(title, abstract, doc._.links)
        return doc
