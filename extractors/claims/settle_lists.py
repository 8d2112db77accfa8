"""What the names of a sentence and its numbers say about each other, once every claim of it has its lists."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import compress, groupby

from extractors.claims.context import SentenceView
from extractors.claims.coordination import in_one_list
from extractors.claims.cues import pattern
from extractors.claims.draft import BENCHMARK, HARDWARE, NAMED, QUALITY_TYPES, SIZE_TYPES, Draft
from extractors.claims.evidence import Span, overlap
from extractors.claims.names import Cast, fold_name
from extractors.claims.pairs import list_groups
from extractors.claims.slot_features import NumberView

_OBTAINED_ON = pattern("obtained_on")
_LOOKS_NAMED = pattern("looks_named")
_RESPECTIVELY = pattern("respectively")
_AND = pattern("and")
_NAME_LENGTH = 60


def settle_lists(drafts: Sequence[Draft], cast: Cast) -> None:
    """Complete the lists of a sentence's claims, and share them out among its numbers."""
    for draft in drafts:
        _obtained_on(draft, cast)
    _complete_lists(drafts, cast)
    _share_out(drafts, cast)
    _share_respectively(drafts, cast)


def _in_number_list(at: NumberView) -> bool:
    first, last = list_groups(at.view)[at.number]
    return first != last


def _obtained_on(draft: Draft, cast: Cast) -> None:
    """A result without a benchmark has the one behind it: "5.83 on GEditBench-EN". A word that is no known name must
    look like one."""
    at = draft.at
    found = _OBTAINED_ON.match(at.view.text, at.quantity.end, at.view.end)
    if draft.type not in QUALITY_TYPES or draft.benchmark or found is None or _in_number_list(at):
        return
    start, end = found.span(1)
    names = [name for name in cast.between(start - _NAME_LENGTH, end) if name.end > start]
    if not names and _LOOKS_NAMED.search(found[1]):
        draft.set_list("benchmark", [(start, end)])
    elif names and names[0].label == "BENCHMARK":
        draft.set_list("benchmark", [(names[0].start, names[0].end)])


def _complete_lists(drafts: Sequence[Draft], cast: Cast) -> None:
    """Where one name of a list is meant, all are; but a list of numbers shares the names out among itself."""
    for draft in drafts:
        view = draft.at.view
        if _in_number_list(draft.at) or any(word.lower == "respectively" for word in view.words):
            continue
        for slot, labels in (("baseline", NAMED), ("benchmark", BENCHMARK)):
            places = draft.places.get(slot, [])
            whole = set(places)
            for place in places:
                members = in_one_list(view.text, (view.start, view.end), place, cast, labels)
                if all(fold_name(view.text[start:end]) != draft.subject_key for start, end in members):
                    whole.update(m for m in members if not any(overlap(m, other) for other in whole))
            if len(whole) > len(places):
                draft.set_list(slot, sorted(whole))


def _share_out(drafts: Sequence[Draft], cast: Cast) -> None:
    """Where one phrase of a list follows the claim's own number and another one the number of another claim, the second
    is that claim's: "3.2% over A and 8.0% over B". Numbers of rivals part no list: "90.1 against 88.2 for A and 87.0
    for B", "90.1 against A (88.2) and B (87.0)"."""
    if not any(len(places) > 1 for draft in drafts for places in draft.places.values()):
        return
    view = drafts[0].at.view
    owners = {draft.at.number: draft.own for draft in drafts if draft.type not in SIZE_TYPES}
    named = {name.end for name in cast.between(view.start, view.end)}
    numbers = [
        (quantity.start, number, _bracket_after(view, quantity.start))
        for number, quantity in enumerate(view.quantities)
        if not quantity.in_name
    ]
    for draft in drafts:
        for slot, places in draft.places.items():
            if len(places) < 2:
                continue
            ends = named | {end for _, end in places}
            free = [(start, number) for start, number, bracket in numbers if ends.isdisjoint(bracket)]
            heads = [max((number for at, number in free if at <= start), default=-1) for start, _ in places]
            if draft.at.number in heads:
                mine = [head == draft.at.number or owners.get(head) != draft.own for head in heads]
                draft.set_list(slot, list(compress(places, mine)))


def _share_respectively(drafts: Sequence[Draft], cast: Cast) -> None:
    """A list of names as long as that of the numbers is theirs in order: "A and B reach 81% and 63%, respectively"; the
    one behind the numbers, where one stands there."""
    for _, same in groupby(drafts, key=lambda draft: list_groups(draft.at.view)[draft.at.number]):
        group = list(same)
        view, end = group[0].at.view, group[-1].at.quantity.end
        found = _RESPECTIVELY.match(view.text, end, view.end)
        if len(group) < 2 or found is None:
            continue
        within = (end, found.end()) if _AND.search(found[0]) else (view.start, end)
        for slot, labels in (("baseline", NAMED), ("benchmark", BENCHMARK), ("hardware", HARDWARE)):
            chosen = sorted({place for draft in group for place in draft.places.get(slot, ())})
            if slot == "baseline" and not all(draft.baseline for draft in group):
                continue
            for members in _lists_of(view.text, within, chosen, cast, labels, len(group)):
                for draft, member in zip(group, members, strict=True):
                    others = [p for p in draft.places.get(slot, ()) if not any(overlap(p, m) for m in members)]
                    mine = next((place for place in chosen if overlap(place, member)), member)
                    draft.set_list(slot, sorted([*others, mine]))
        keys = {draft.subject_key for draft in group}
        subjects = [(name.start, name.end) for name in cast.between(*within) if name.key in keys]
        for members in _lists_of(view.text, within, subjects, cast, NAMED, len(group)):
            for draft, (first, last) in zip(group, members, strict=True):
                draft.subject = view.text[first:last]


def _lists_of(
    text: str, within: Span, places: Sequence[Span], cast: Cast, labels: frozenset[str], size: int
) -> list[tuple[Span, ...]]:
    """The lists of that many names which the ``places`` stand in."""
    inside = [place for place in places if within[0] <= place[0] < within[1]]
    found = dict.fromkeys(tuple(in_one_list(text, within, place, cast, labels)) for place in inside)
    return [members for members in found if len(members) == size]


def _bracket_after(view: SentenceView, offset: int) -> tuple[int, int]:
    """Where the phrase would end that the bracket around ``offset`` follows, without and with a space between them."""
    opened = view.text.rfind("(", view.start, offset)
    if opened < 0 or view.text.find(")", opened, offset) >= 0:
        return -1, -1
    return opened, opened - 1
