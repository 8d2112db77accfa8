"""The small slots: direction, by-or-to, own or not, inherited qualifier, number compared to, unit of a data set."""

from __future__ import annotations

from extractors.claims.clusters import clusters
from extractors.claims.context import shape
from extractors.claims.cues import in_class, word_classes
from extractors.claims.pairs import list_groups, pair_roles
from extractors.claims.slot_features import NumberView


def direction_features(at: NumberView, metric: str) -> list[str]:
    """For "did the metric go up?" and for "is this what is left (to) or how much it changed (by)?"."""
    words, t = at.view.words, at.claim_type
    last = metric.lower().split()[-1] if metric else "-"
    out = [
        f"t={t}",
        f"{t}|{at.kind}",
        f"m={last}",
        f"sg={at.quantity.signed}",
        f"{at.kind}|sg={at.quantity.signed}",
        f"small={at.quantity.value < 1}|{at.kind}",
    ]
    out.extend(f"mc{level}={cluster}" for level, cluster in clusters(last))
    out.append(f"mk={'+'.join(word_classes(last))}")
    sides = (
        ("l", range(at.position - 1, max(-1, at.position - 13), -1)),
        ("r", range(at.position + 1, min(len(words), at.position + 9))),
    )
    first: dict[str, str] = {}
    for side, path in sides:
        crossed = 0
        for distance, i in enumerate(path, 1):
            word = words[i].lower
            crossed += words[i].quantity >= 0
            if words[i].quantity >= 0:
                continue
            near = "n" if distance <= 3 else "f"
            out.append(f"{side}{near}{min(1, crossed)}={word}")
            out.append(f"{side}={word}")
            if distance <= 2:
                out.append(f"{side}{distance}={word}")
            for name in word_classes(word):
                if name in ("up", "down", "kept"):
                    out.append(f"{side}{near}{min(1, crossed)}:{name}")
                    first.setdefault(side, f"{name}{near}{min(1, crossed)}")
    out.append(f"first={first.get('l', '-')}|{first.get('r', '-')}")
    out.append(f"first|mk={first.get('l', '-')}|{first.get('r', '-')}|{'+'.join(word_classes(last))[:12]}")
    start, _ = list_groups(at.view)[at.number]
    if start < at.number:
        head = at.view.positions[start]
        out.extend(f"g={words[i].lower}" for i in range(max(0, head - 5), head))
    out.append(f"b2={' '.join(at.before[:2])}")
    out.append(f"a2={' '.join(at.after[:2])}")
    return out


def own_features(
    at: NumberView, subject: str | None, subject_is_own: bool, ownness: float, has_own_name: bool
) -> list[str]:
    """For "is this the paper's own result or property?"."""
    words, t = at.view.words, at.claim_type
    role, _ = pair_roles(at.view)[at.number]
    state = "own" if subject_is_own else "none" if subject is None else "other"
    out = [
        f"s={state}",
        f"{t}|s={state}",
        f"{t}|{at.kind}",
        f"on={min(6, int(ownness))}",
        f"{t}|on={min(6, int(ownness))}",
        f"hasown={has_own_name}|{state}|{t}",
        f"role={role}",
        f"{t}|role={role}",
        f"pron={at.pronoun}",
        f"{t}|pron={at.pronoun}|{state}",
        f"pos={min(4, 5 * at.view.index // max(1, at.view.count))}",
        f"{t}|pos={min(4, 5 * at.view.index // max(1, at.view.count))}",
        f"title={at.view.in_title}",
    ]
    left = [word.lower for word in words[: at.position] if word.quantity < 0]
    right = [word.lower for word in words[at.position + 1 :] if word.quantity < 0]
    out.extend(f"l={word}" for word in dict.fromkeys(left))
    out.extend(f"r={word}" for word in dict.fromkeys(right))
    out.extend(f"{t}|l={word}" for word in dict.fromkeys(left[-8:]))
    out.extend(f"{t}|r={word}" for word in dict.fromkeys(right[:6]))
    out.extend(f"L{k}={word}" for k, word in enumerate(at.before[:3]))
    out.extend(f"R{k}={word}" for k, word in enumerate(at.after[:3]))
    out.append(f"start={' '.join(left[:2])}")
    return out


def inherit_features(at: NumberView, number: int) -> list[str]:
    """For "does the qualifier of the earlier quantity ``number`` govern this one too?"."""
    view = at.view
    other = view.quantities[number]
    gap = view.words[view.positions[number] + 1 : at.position]
    out = [
        f"q={other.qualifier}",
        f"same={shape(other) == at.kind}",
        f"q|same={other.qualifier}|{shape(other) == at.kind}",
        f"n={at.number - number}",
        f"len={min(8, len(gap))}",
        f"numbers={sum(word.quantity >= 0 for word in gap)}",
        f"group={list_groups(view)[at.number] == list_groups(view)[number]}",
        f"q|group={other.qualifier}|{list_groups(view)[at.number] == list_groups(view)[number]}",
        f"last={gap[-1].lower if gap else ''}",
        f"path={' '.join(w.lower for w in gap) if len(gap) < 4 else '-'}",
    ]
    out.extend(f"w={word.lower}" for word in gap if word.quantity < 0)
    out.extend(f"c={name}" for word in gap for name in word_classes(word.lower) if name in ("up", "down", "reach"))
    out.extend(f"b{k}={word}" for k, word in enumerate(at.before[:2]))
    return out


def compared_features(at: NumberView, number: int, other_type: str) -> list[str]:
    """For "is the quantity ``number`` of the sentence the value that this claim is compared to?"."""
    view = at.view
    other = view.quantities[number]
    role, partner = pair_roles(view)[at.number]
    out = [
        f"role={role if partner == number else '-'}",
        f"anyrole={role}",
        f"same={shape(other) == at.kind}",
        f"off={max(-3, min(3, number - at.number))}",
        f"ot={other_type}",
        f"t={at.claim_type}",
        f"role|same={role if partner == number else '-'}|{shape(other) == at.kind}|{other_type}",
        f"off|ot={max(-3, min(3, number - at.number))}|{other_type}|{shape(other) == at.kind}",
        f"group={list_groups(view)[at.number] == list_groups(view)[number]}",
        f"roleof={pair_roles(view)[number][0]}",
    ]
    position = view.positions[number]
    out.extend(at.relation(position, position + 1))
    out.extend(at.outside(position, position + 1))
    low, high = sorted((position, at.position))
    out.extend(f"w={word.lower}" for word in view.words[low + 1 : high] if word.quantity < 0)
    return out


def unit_candidates(at: NumberView) -> list[int]:
    """Words that may be the noun that a data set's number counts: behind it, up to a mark or another number."""
    words = at.view.words
    found: list[int] = []
    for i in range(at.position + 1, min(len(words), at.position + 9)):
        word = words[i]
        if word.quantity >= 0 or word.text in ".,;:()":
            if found or word.quantity >= 0:
                break
            continue
        if word.text[0].isalpha() and not in_class(word.lower, "stop"):
            found.append(i)
    return found


def unit_features(at: NumberView, i: int) -> list[str]:
    """Features of the noun ``i``."""
    words = at.view.words
    word = words[i].lower
    after = words[i + 1].lower if i + 1 < len(words) else "<edge>"
    out = [
        f"w={word}",
        f"d={i - at.position}",
        f"s={word.endswith('s')}",
        f"s|a={word.endswith('s')}|{after}",
        f"a={after}",
        f"cls={'+'.join(word_classes(word))}",
        f"suf={word[-3:]}",
    ]
    out.extend(f"c{level}={cluster}" for level, cluster in clusters(word))
    between = [w.lower for w in words[at.position + 1 : i]]
    out.extend(f"btw={w}" for w in between)
    out.append(f"plural={any(w.endswith('s') for w in between)}")
    gap = at.view.text[words[i].end : words[i + 1].start] if i + 1 < len(words) else ""
    out.append(f"gap={gap}|{word.endswith('s')}")
    out.append(f"items={'items' in word_classes(word)}|{after}")
    return out
