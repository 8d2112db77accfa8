"""Features of a quantity for the model that decides whether it is a claim, and of which type."""

from __future__ import annotations

from itertools import islice

from extractors.claims.clusters import clusters
from extractors.claims.context import SentenceView, Word, shape
from extractors.claims.cues import in_class, word_classes
from extractors.claims.pairs import list_groups, pair_roles

_WINDOW = 8


def _magnitude(value: float) -> str:
    magnitude = abs(value)
    for limit, name in (
        (0, "0"),
        (0.1, "<.1"),
        (1, "<1"),
        (2, "<2"),
        (5, "<5"),
        (10, "<10"),
        (30, "<30"),
        (100, "<100"),
    ):
        if magnitude <= limit:
            return name
    if 1950 <= magnitude <= 2035 and magnitude == int(magnitude):
        return "year"
    power = len(str(int(magnitude))) if magnitude < 1e18 else 18
    two = magnitude == int(magnitude) and magnitude < 1e9 and (int(magnitude) & (int(magnitude) - 1)) == 0
    return ("2^" if two else "e") + str(power)


def type_features(view: SentenceView, number: int) -> list[str]:
    """Feature names of the ``number``-th quantity of the sentence; presence is the value."""
    quantity = view.quantities[number]
    position = view.positions[number]
    words = view.words
    kind = shape(quantity)
    left = [words[i].lower for i in range(max(0, position - _WINDOW), position)][::-1]
    right = [words[i].lower for i in range(position + 1, min(len(words), position + 1 + _WINDOW))]
    features = [
        "bias",
        f"s={kind}",
        f"u={quantity.unit}",
        f"sc={quantity.scale}",
        f"m={_magnitude(quantity.value)}",
        f"s|m={kind}|{_magnitude(quantity.value)}",
        f"q={quantity.qualifier}",
        f"sg={quantity.signed}",
        f"s|sg={kind}|{quantity.signed}",
        f"rg={quantity.value_max is not None}",
        f"tot={quantity.total is not None}",
        f"kd={quantity.kind}",
        f"mk={quantity.mark}",
        f"title={view.in_title}",
        f"pos={min(4, 5 * view.index // max(1, view.count))}",
        f"s|pos={kind}|{min(4, 5 * view.index // max(1, view.count))}",
    ]
    after = view.text[quantity.end : quantity.end + 1]
    before = view.text[quantity.start - 1 : quantity.start] if quantity.start else ""
    features.append(f"ca={_character(after)}|{kind}")
    features.append(f"cb={_character(before)}|{kind}")
    padded_left = [*left, "<s>", "<s>", "<s>", "<s>"]
    padded_right = [*right, "</s>", "</s>", "</s>", "</s>"]
    features.extend(_near_words(left, right, padded_left, padded_right, kind))
    features.extend(_stems(left, right, kind))
    features.extend(_cue_features(words, position, kind))
    features.extend(_cluster_features(padded_left, padded_right, kind))
    features.extend(_sentence_features(view, number, kind))
    features.extend(_group_features(view, number, kind))
    features.extend(f"{kind}|D{name}" for name in view.topic)
    near = f"{kind}|near"
    features.extend(f"{view.topic[0]}|{feature}" for feature in features[:] if feature.startswith(near))
    features.extend(f"{kind}|{view.topic[0]}|l={word}" for word in left[:5])
    return features


def _near_words(
    left: list[str], right: list[str], padded_left: list[str], padded_right: list[str], kind: str
) -> list[str]:
    """The words beside the number, nearest first: by place, in pairs, and as a bag."""
    out: list[str] = []
    for k in range(4):
        out.append(f"L{k}={padded_left[k]}")
        out.append(f"R{k}={padded_right[k]}")
        out.append(f"{kind}|L{k}={padded_left[k]}")
        out.append(f"{kind}|R{k}={padded_right[k]}")
    out.append(f"L01={padded_left[1]} {padded_left[0]}")
    out.append(f"L12={padded_left[2]} {padded_left[1]}")
    out.append(f"L012={padded_left[2]} {padded_left[1]} {padded_left[0]}")
    out.append(f"R01={padded_right[0]} {padded_right[1]}")
    out.append(f"R12={padded_right[1]} {padded_right[2]}")
    out.append(f"L0R0={padded_left[0]} {padded_right[0]}")
    out.append(f"{kind}|L0R0={padded_left[0]} {padded_right[0]}")
    for word in dict.fromkeys(left):
        out.append(f"l={word}")
        out.append(f"{kind}|l={word}")
    for word in dict.fromkeys(right):
        out.append(f"r={word}")
        out.append(f"{kind}|r={word}")
    return out


def _group_features(view: SentenceView, number: int, kind: str) -> list[str]:
    """The role in a pair, and for a member of a list the words before its first and behind its last member."""
    role, partner = pair_roles(view)[number]
    out = [f"role={role}", f"{kind}|role={role}"]
    if partner >= 0:
        out.append(f"{kind}|role={role}|{shape(view.quantities[partner])}")
    first, last = list_groups(view)[number]
    if first == last:
        return out
    out.append(f"{kind}|group={min(3, number - first)}/{min(3, last - number)}")
    words = view.words
    if first < number:
        head = view.positions[first]
        lead = [words[i].lower for i in range(max(0, head - 6), head)][::-1]
        out.extend(f"{kind}|G{k}={word}" for k, word in enumerate(lead[:3]))
        out.extend(f"{kind}|gl={word}" for word in lead)
        out.extend(f"{kind}|gl:{name}" for word in lead for name in word_classes(word))
        out.extend(f"{kind}|{feature}" for feature in _cue_features(words, head, "G") if feature.startswith("G|near"))
        tail = [words[i].lower for i in range(head + 1, min(len(words), head + 5))]
        out.extend(f"{kind}|gr={word}" for word in tail)
        out.extend(f"{kind}|gr:{name}" for word in tail for name in word_classes(word))
    if last > number:
        foot = view.positions[last]
        tail = [words[i].lower for i in range(foot + 1, min(len(words), foot + 7))]
        out.extend(f"{kind}|H{k}={word}" for k, word in enumerate(tail[:3]))
        out.extend(f"{kind}|hr={word}" for word in tail)
        out.extend(f"{kind}|hr:{name}" for word in tail for name in word_classes(word))
        out.extend(f"{kind}|{feature}" for feature in _cue_features(words, foot, "H") if feature.startswith("H|near"))
    return out


_METRIC_KINDS = ("speed", "cost", "quality")
_CHANGES = ("up", "down", "reach", "kept")


def _cue_features(words: list[Word], position: int, kind: str) -> list[str]:
    """The nearest word of every cue class on either side, its distance and whether a clause mark stands between."""
    out: list[str] = []
    nearest: dict[tuple[str, str], str] = {}
    for side, path in (
        ("l", range(position - 1, max(-1, position - 14), -1)),
        ("r", range(position + 1, min(len(words), position + 11))),
    ):
        seen: set[str] = set()
        crossed = ""
        for distance, i in enumerate(path, 1):
            word = words[i]
            if word.quantity >= 0:
                crossed = "#"
                continue
            if in_class(word.lower, "clause_break"):
                crossed = crossed or ","
            near = "1" if distance == 1 else "2" if distance <= 3 else "4" if distance <= 6 else "7"
            for name in word_classes(word.lower):
                if name in seen:
                    continue
                seen.add(name)
                out.append(f"{side}:{name}:{near}{crossed}")
                out.append(f"{kind}|{side}:{name}:{near}{crossed}")
                out.append(f"{kind}|{side}:{name}")
                for group, names in (("kind", _METRIC_KINDS), ("change", _CHANGES)):
                    if name in names and (side, group) not in nearest:
                        nearest[(side, group)] = f"{name}{crossed}"
    keys = (("l", "kind"), ("l", "change"), ("r", "kind"), ("r", "change"))
    values = [nearest.get(key, "-") for key in keys]
    out.append(f"{kind}|near4={'/'.join(values)}")
    for one, two in ((0, 1), (2, 3), (0, 2), (1, 3), (1, 2), (0, 3)):
        out.append(f"{kind}|near{one}{two}={values[one]}/{values[two]}")
    return out


def _cluster_features(left: list[str], right: list[str], kind: str) -> list[str]:
    out = []
    for side, words in (("L", left[:5]), ("R", right[:5])):
        for k, word in enumerate(words):
            for level, cluster in clusters(word):
                if k < 3:
                    out.append(f"{kind}|{side}{k}c{level}={cluster}")
                    out.append(f"{side}{k}c{level}={cluster}")
                out.append(f"{kind}|{side}c{level}={cluster}")
    two = [next(iter(clusters(word)), ("", ""))[1] for word in (left[1], left[0], right[0], right[1])]
    out.append(f"{kind}|cL01={two[0]} {two[1]}")
    out.append(f"{kind}|cR01={two[2]} {two[3]}")
    out.append(f"{kind}|cL0R0={two[1]} {two[2]}")
    return out


def _character(character: str) -> str:
    if not character:
        return "end"
    return "a" if character.isalpha() else "9" if character.isdigit() else " " if character.isspace() else character


def _stems(left: list[str], right: list[str], kind: str) -> list[str]:
    out = []
    for side, words in (("l", left[:6]), ("r", right[:6])):
        for word in words:
            if len(word) > 5:
                out.append(f"{side}5={word[:5]}")
                out.append(f"{kind}|{side}5={word[:5]}")
    return out


def _sentence_features(view: SentenceView, number: int, kind: str) -> list[str]:
    """Where it stands in the sentence, the neighbouring quantities, and the words of the whole sentence."""
    position = view.positions[number]
    words = view.words
    out = [f"paren={view.depths[position] > 0}|{kind}", f"nq={min(6, len(view.quantities))}|{kind}"]
    if number:
        previous = view.quantities[number - 1]
        gap = [word.lower for word in words[view.positions[number - 1] + 1 : position]]
        out.append(f"pq={shape(previous)}|{kind}")
        if len(gap) <= 4:
            out.append(f"pgap={' '.join(gap)}|{shape(previous)}|{kind}")
            out.append(f"pgap={' '.join(gap)}")
    if number + 1 < len(view.quantities):
        following = view.quantities[number + 1]
        gap = [word.lower for word in words[position + 1 : view.positions[number + 1]]]
        out.append(f"nq={shape(following)}|{kind}")
        if len(gap) <= 4:
            out.append(f"ngap={' '.join(gap)}|{shape(following)}|{kind}")
            out.append(f"ngap={' '.join(gap)}")
    # the nearest words of the left beyond the window: the verb of a long list
    before = (words[i] for i in range(position - 1, -1, -1))
    far = list(islice((word.lower for word in before if word.quantity < 0 and len(word.lower) > 3), 30))[::-1]
    out.extend(f"{kind}|far={lower}" for lower in dict.fromkeys(far))
    return out
