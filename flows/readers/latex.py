"""LaTeX source: title and abstract of the paper, in the form in which arXiv shows abstracts.

Comments, footnotes, citations and commands of looks go (``latex.toml`` lists them), macros without arguments that the
file itself defines are put in, formulas and all else stay as written (``12\\%``, ``$2.4\\times$``). Files that are
``\\input`` are not followed.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files

from flows.readers.identifiers import arxiv_id_in_name
from flows.readers.links import link_role, web_url
from flows.readers.records import paper_from
from flows.readers.streams import Stream, read_whole
from schemas.records import MAX_TEXT_CHARS, DeclaredLink, Paper, Reject

_MAX_BYTES = 16 * 1024 * 1024
_MAX_MACRO_CHARS = 200
_MACRO_ROUNDS = 3  # macros in macros
_COMMENT = re.compile(r"(?<!\\)((?:\\\\)*)%[^\n]*(?:\n[ \t]*)?")
_WHOLE_LINE_COMMENT = re.compile(r"^[ \t]*%[^\n]*\n?", re.MULTILINE)
_MACRO = re.compile(
    r"\\(?:(?:re)?newcommand|providecommand|def|DeclareRobustCommand)\*?\s*\{?\\([A-Za-z]+)\}?\s*(?=\{)"
)
_PARAGRAPH_END = re.compile(r"\n[ \t]*\n\s*")
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
_TOKEN = re.compile(r"\\([A-Za-z]+)\*?[ \t]*|\\(.)|\$\$?|[{}~]", re.DOTALL)


@cache
def _commands() -> dict[str, frozenset[str]]:
    lists = tomllib.loads(files("flows.readers").joinpath("latex.toml").read_text(encoding="utf-8"))
    return {name: frozenset(commands) for name, commands in lists.items()}


def read(source: str, stream: Stream) -> Iterator[Paper | Reject]:
    """The one paper of a LaTeX file."""
    data = read_whole(source, stream, _MAX_BYTES)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")  # what LaTeX took text for, before UTF-8
    text = _COMMENT.sub(r"\1", _WHOLE_LINE_COMMENT.sub("", text.replace("\r\n", "\n")))
    macros = _macros(text)
    title = _plain(_argument_of(text, _commands()["title"]), macros)
    abstract = _plain(_abstract(text), macros)
    record = {
        "title": " ".join(title.text.split()),
        "abstract": "\n\n".join(" ".join(part.split()) for part in _PARAGRAPH_END.split(abstract.text)),
        "authors": _authors(text, macros),
        "arxiv_id": arxiv_id_in_name(source),
    }
    paper = paper_from(record, source, "document")
    yield replace(paper, declared_links=tuple(abstract.links)) if isinstance(paper, Paper) else paper


def _group_end(text: str, start: int, limit: int = 4 * MAX_TEXT_CHARS) -> int:
    """The index behind the brace that closes the one at ``start``; that of the limit or the end where none does."""
    depth = 0
    for match in _BRACE.finditer(text, start, start + limit):
        if match[0] in "{}":
            depth += 1 if match[0] == "{" else -1
            if depth == 0:
                return match.end()
    return min(len(text), start + limit)


def _macros(text: str) -> dict[str, str]:
    """The macros without arguments that a file defines, short ones only."""
    macros = {}
    for match in _MACRO.finditer(text):
        body = text[match.end() + 1 : _group_end(text, match.end(), 2 * _MAX_MACRO_CHARS) - 1]
        if len(body) <= _MAX_MACRO_CHARS and "#" not in body:
            macros[match[1]] = body
    return macros


def _argument_of(text: str, commands: frozenset[str]) -> str:
    """The argument of the first of these commands in a text; "" without one."""
    names = "|".join(sorted(commands))
    match = re.search(rf"\\(?:{names})\*?\s*(?:\[[^\]]{{0,500}}\]\s*)?(?=\{{)", text)
    return text[match.end() + 1 : _group_end(text, match.end()) - 1] if match else ""


def _abstract(text: str) -> str:
    for name in sorted(_commands()["abstract_environments"]):
        begin, end = f"\\begin{{{name}}}", f"\\end{{{name}}}"
        if (start := text.find(begin)) >= 0 and (stop := text.find(end, start)) >= 0:
            return text[start + len(begin) : stop]
    return _argument_of(text, frozenset({"abstract"}))


def _authors(text: str, macros: dict[str, str]) -> list[str]:
    """Best effort: every template has its own form; what does not look like a name is left out."""
    head = text[: max(text.find("\\begin{abstract}"), 20_000)]
    authors = []
    for match in re.finditer(
        rf"\\(?:{'|'.join(sorted(_commands()['author']))})\s*(?:\[[^\]]{{0,200}}\]\s*)?(?=\{{)", head
    ):
        for part in re.split(r"\\(?:and|And|AND)\b", head[match.end() + 1 : _group_end(head, match.end()) - 1]):
            name = " ".join(_plain(part.split("\\\\")[0], macros).text.split())
            if re.fullmatch(r"[^\W\d_][^\d@\\${}]{2,60}", name):
                authors.append(name)
    return authors


@dataclass
class _Plain:
    """Text without its commands, and the links whose addresses it hid."""

    text: str = ""
    links: list[DeclaredLink] = field(default_factory=list)


def _plain(latex: str, macros: dict[str, str]) -> _Plain:
    """The text of a piece of LaTeX; what is not known stays as written."""
    latex = _expanded(latex[: 2 * MAX_TEXT_CHARS], macros)
    plain, parts, at = _Plain(), list[str](), 0
    while match := _TOKEN.search(latex, at):
        parts.append(latex[at : match.start()])
        at = match.end()
        if match[0].startswith("$"):
            closing = latex.find(match[0], at)
            at = closing + len(match[0]) if closing >= 0 else len(latex)
            parts.append(latex[match.start() : at])
        elif match[0] == "~" or match[0] == "\\\\":
            parts.append(" ")
        elif match[1]:
            at = _command(latex, match, parts, plain.links)
        elif match[2]:
            parts.append(match[0])
    parts.append(latex[at:])
    plain.text = "".join(parts)
    return plain


def _expanded(latex: str, macros: dict[str, str]) -> str:
    for _ in range(_MACRO_ROUNDS):
        latex = re.sub(r"\\([A-Za-z]+)(?:\{\})?", lambda m: macros.get(m[1], m[0]), latex)[: 2 * MAX_TEXT_CHARS]
    return latex


def _command(latex: str, match: re.Match[str], parts: list[str], links: list[DeclaredLink]) -> int:
    """Write what a command stands for; returns the index to go on from."""
    name, at, known = match[1], match.end(), _commands()
    if name in known["looks"]:
        return match.end(1) if name == "xspace" else at
    if name in known["spaces"]:
        parts.append(" ")
        return at
    if name in known["dropped"]:
        at = _skip_arguments(latex, at)
        if latex[at : at + 1] in tuple(".,;:)"):
            parts[-1:] = [part.rstrip() for part in parts[-1:]]  # the tie before a citation goes with it
        return at
    if not latex.startswith("{", at):
        parts.append(match[0])
        return at
    end = _group_end(latex, at)
    if name == "url":
        parts.append(latex[at + 1 : end - 1])
    elif name == "href":
        _keep_link(latex[at + 1 : end - 1], latex[end : end + 100], links)
    else:
        parts.append(latex[match.start() : end])
    return end


def _skip_arguments(latex: str, at: int) -> int:
    while at < len(latex) and latex[at] in "[{":
        at = _group_end(latex, at) if latex[at] == "{" else (latex.find("]", at) + 1 or len(latex))
    return at


def _keep_link(address: str, words: str, links: list[DeclaredLink]) -> None:
    url = web_url(re.sub(r"\\([%#&_~])", r"\1", address))
    if url:
        links.append(DeclaredLink(url, link_role(url, words)))
