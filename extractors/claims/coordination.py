"""Names that stand in one list: what is said of "A" in "on A, B, and C" is said of all three."""

from __future__ import annotations

import regex

from extractors.claims.cues import pattern
from extractors.claims.evidence import Span, overlap
from extractors.claims.names import Cast

_MEMBER, _SEPARATOR = pattern("list_member").pattern, pattern("list_separator").pattern
_NEXT = regex.compile(rf"((?:\s[CGN]PUs?)?(?:{_SEPARATOR}))({_MEMBER})")
_BEFORE = regex.compile(rf"(?<![\w$\\^{{}}.+-])({_MEMBER})({_SEPARATOR})$")
_REACH = 200
_MIN_UNKNOWN = 3  # of two, one may begin a clause: "on MMLU, and GPT-4 …"


def in_one_list(text: str, within: Span, place: Span, cast: Cast, labels: frozenset[str]) -> list[Span]:
    """The members of the list that the name at ``place`` stands in, in order; the name alone where there is no list.

    A list ends with "and" or "or" before its last member. Members are capitalised words or numbers with letters; those
    that are names must have one of the ``labels``, and only a list of three or more may hold others.
    """
    low = within[0]
    members, before = [place], _BEFORE.search(text, max(low, place[0] - _REACH), place[0])
    joined = before is not None and _is_join(before[2])
    while not joined and (found := _NEXT.match(text, members[-1][1], min(within[1], members[-1][1] + _REACH))):
        members.append(found.span(2))
        joined = _is_join(found[1])
    while before is not None and (len(members) == 1 or not _is_join(before[2])):
        members.insert(0, before.span(1))
        before = _BEFORE.search(text, max(low, members[0][0] - _REACH), members[0][0])
    known = [name for name in cast.between(members[0][0], members[-1][1]) if name.start < members[-1][1]]
    if not joined or any(name.label not in labels for name in known):
        return [place]
    unknown = [m for m in members if m != place and not any(overlap(m, (n.start, n.end)) for n in known)]
    return [place] if unknown and len(members) < _MIN_UNKNOWN else members


def _is_join(separator: str) -> bool:
    return separator.rstrip().rpartition(" ")[2] in ("and", "or", "&")
