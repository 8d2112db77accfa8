"""Numbers that belong together: lists that share their words, and pairs of a result with what it is compared to."""

from __future__ import annotations

from extractors.claims.context import SentenceView, shape
from extractors.claims.cues import pattern

_TO = pattern("change_to")
_TO_LONG = pattern("change_to_far")
_FROM = pattern("change_from", ignore_case=True)
_VERSUS = pattern("versus")
_LIST_MARKS = frozenset({",", "and", "or", "/", "&"})
_MAX_GAP = 7


def pair_roles(view: SentenceView) -> list[tuple[str, int]]:
    """For every quantity its role in a pair and its partner's index: "from"/"to", "result"/"versus"; ("", -1) for none.

    "from 533 to 2364 FPS": 533 is "from", 2364 "to". "514 compared to 782": 514 is "result", 782 "versus".
    """
    if view.roles is None:
        view.roles = _find_roles(view)
    return view.roles


def _find_roles(view: SentenceView) -> list[tuple[str, int]]:
    roles: list[tuple[str, int]] = [("", -1)] * len(view.quantities)
    for i in range(len(view.quantities) - 1):
        one, two = view.quantities[i], view.quantities[i + 1]
        if roles[i][0] in ("from", "to") or not _comparable(shape(one), shape(two)):
            continue
        gap = view.text[one.end : two.start]
        lead = view.text[max(view.start, one.start - 50) : one.start]
        if _TO.fullmatch(gap) or (len(gap) < 70 and _FROM.search(lead) and _TO_LONG.fullmatch(gap)):
            roles[i], roles[i + 1] = ("from", i + 1), ("to", i)
        elif len(gap) < 90 and _VERSUS.fullmatch(gap):
            roles[i], roles[i + 1] = ("result", i + 1), ("versus", i)
        elif gap.rstrip().endswith("from") and len(gap) < 12:  # "to 2364 from 533"
            roles[i], roles[i + 1] = ("to", i + 1), ("from", i)
    return roles


def _comparable(one: str, two: str) -> bool:
    if one.startswith("name") or two.startswith("name"):
        return False
    bare = ("dec", "int1", "int2", "int3", "int4", "word")
    return one == two or (one in bare and two in bare) or (one in bare) != (two in bare)


def list_groups(view: SentenceView) -> list[tuple[int, int]]:
    """For every quantity the first and last index of the list that it stands in (itself twice where there is none)."""
    if view.groups is None:
        view.groups = _find_groups(view)
    return view.groups


def _find_groups(view: SentenceView) -> list[tuple[int, int]]:
    groups: list[tuple[int, int]] = []
    first = 0
    for i in range(len(view.quantities)):
        if i + 1 == len(view.quantities) or not _listed_together(view, i):
            groups.extend([(first, i)] * (i + 1 - first))
            first = i + 1
    return groups


def _listed_together(view: SentenceView, i: int) -> bool:
    """Whether the quantities ``i`` and ``i + 1`` are neighbours in one list."""
    gap = view.words[view.positions[i] + 1 : view.positions[i + 1]]
    if len(gap) > _MAX_GAP or not {word.lower for word in gap} & _LIST_MARKS:
        return False
    one, two = shape(view.quantities[i]), shape(view.quantities[i + 1])
    return one == two or _comparable(one, two)
