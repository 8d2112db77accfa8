"""What a paper says of its code: released, promised, or nothing.

Cue phrases with a scope, after ConText (Harkema et al., 2009): a sentence is read cue by cue, a cue is cancelled by
words before it in its clause, and gaps in a cue never leave the clause. The rules are data (``data/code_status.toml``).
"""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from extractors.hosts import host_of
from extractors.phrases import compile_phrases, word_alternation
from schemas.records import CodeStatus, Link

RULES_FILE = Path(__file__).parent / "data" / "code_status.toml"

CANCEL_CHARS = 40
"""How far before a cue a word may stand that cancels it."""

_SENTENCE = re.compile(r"(?:[^.!?;]|[.!?](?=[^\s\"')\]}]))++")


@dataclass(frozen=True, slots=True)
class CodeRule:
    """One rule: any of its phrases gives the status."""

    name: str
    status: CodeStatus
    in_title: bool
    pattern: re.Pattern[str]
    examples: tuple[str, ...]
    counter_examples: tuple[str, ...]


@functools.cache
def _data() -> dict[str, Any]:
    with RULES_FILE.open("rb") as file:
        return tomllib.load(file)


@functools.cache
def code_rules() -> tuple[CodeRule, ...]:
    """The rules in the order of the file."""
    return tuple(
        CodeRule(
            rule["name"],
            cast(CodeStatus, rule["status"]),
            rule.get("title", False),
            compile_phrases(rule["phrases"], _data()["words"]),
            tuple(rule["examples"]),
            tuple(rule["counter_examples"]),
        )
        for rule in _data()["rule"]
    )


@functools.cache
def _cancel() -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-])(?:{word_alternation(_data()['cancel']['before'])})(?![\w-])", re.IGNORECASE)


def code_status(title: str, abstract: str, links: Iterable[Link]) -> CodeStatus:
    """The paper's statement on its code, by the rules on its sentences and by its links to code and repositories."""
    said = {_by_link(link) for link in links}
    if "released" not in said:
        said.add(_by_rule(title, in_title=True))
        if _has_stems(abstract):
            said.update(_by_rule(sentence[0], in_title=False) for sentence in _SENTENCE.finditer(abstract))
    if "released" in said:
        return "released"
    return "promised" if "promised" in said else "none"


def _has_stems(text: str) -> bool:
    """Whether the text names both a thing and its release: without, no rule can fire (and searching is slow)."""
    lowered = text.lower()
    stems = _data()["stems"]
    return any(stem in lowered for stem in stems["release"]) and any(stem in lowered for stem in stems["thing"])


def _by_link(link: Link) -> CodeStatus:
    host = host_of(link.url)
    if link.role != "code" and not (host is not None and host.repo):
        return "none"
    return "released" if link.released else "promised"


def _by_rule(sentence: str, *, in_title: bool) -> CodeStatus:
    """The status that the rules give one sentence, the promise first."""
    if not _has_stems(sentence):
        return "none"
    fired: set[CodeStatus] = set()
    for rule in (rule for rule in code_rules() if rule.in_title == in_title):
        cue = rule.pattern.search(sentence)
        if cue is not None and not _cancel().search(sentence, max(0, cue.start() - CANCEL_CHARS), cue.start()):
            fired.add(rule.status)
    if "promised" in fired:
        return "promised"
    return "released" if fired else "none"
