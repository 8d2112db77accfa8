"""The metric of a claim: a noun of its sentence, or what the verb implies ("faster" → speed), or nothing."""

from __future__ import annotations

import regex

from extractors.claims.clusters import clusters
from extractors.claims.context import SentenceView, Word
from extractors.claims.cues import in_class, word_classes
from extractors.claims.names import Name
from extractors.claims.slot_features import NumberView

SPECIAL = ("<none>", "speed", "performance", "size", "data")
_REACH_WORDS = 12
_INNER_MARKS = frozenset({"-", "/", "&", "+", "."})
_GAPS = frozenset({"", " ", "-", "_", "~", "–", "^", "^{", "_{", "$_{"})
_TAIL = regex.compile(r"(?:@[\w.]+)+|\^2|-?\d+(?![\w.])")


def head_candidates(at: NumberView, metric_words: frozenset[int]) -> list[int]:
    """Word indices that may be the last word of the metric."""
    words, position = at.view.words, at.position
    found = []
    for i in range(max(0, position - 26), min(len(words), position + 20)):
        word = words[i]
        if word.quantity >= 0 or (len(word.lower) < 2 and not word.text.isupper()) or not word.text[0].isalpha():
            continue
        if in_class(word.lower, "stop") or in_class(word.lower, "never_metric"):
            continue
        near = -_REACH_WORDS <= i - position <= _REACH_WORDS
        known = i in metric_words or bool({"speed", "cost", "quality"} & set(word_classes(word.lower)))
        if near or known:
            found.append(i)
    return found


def metric_name_words(view: SentenceView, names: list[Name]) -> frozenset[int]:
    """The words of the sentence that end a METRIC name."""
    ends = {name.end for name in names if name.label == "METRIC"}
    return frozenset(i for i, word in enumerate(view.words) if word.end in ends)


def head_features(at: NumberView, i: int, metric_words: frozenset[int], other_names: frozenset[int]) -> list[str]:
    """Features of the candidate head word ``i``."""
    words = at.view.words
    word = words[i].lower
    t, kind = at.claim_type, at.kind
    classes = word_classes(word)
    base = [
        f"{t}",
        f"w={word}",
        f"{t}|w={word}",
        f"{kind}|w={word}",
        f"w4={word[:4]}",
        f"suf={word[-3:]}",
        f"known={i in metric_words}",
        f"{t}|known={i in metric_words}",
        f"name={i in other_names}",
        f"upper={words[i].text.isupper()}",
        f"cls={'+'.join(classes)}",
        f"{t}|cls={'+'.join(classes)}",
    ]
    base.extend(f"cl{level}={cluster}" for level, cluster in clusters(word))
    base.extend(f"{t}|cl{level}={cluster}" for level, cluster in clusters(word))
    relation = at.relation(i, i + 1)
    base.extend(relation)
    known = "k" if i in metric_words else "q" if {"speed", "cost", "quality"} & set(classes) else "-"
    base.extend(f"{known}|{feature}" for feature in relation)
    base.extend(at.outside(i, i + 1))
    base.append(f"{t}|{kind}|{known}|{relation[1]}")
    return base


def special_features(at: NumberView, special: str, heads: list[int], metric_words: frozenset[int]) -> list[str]:
    """Features of leaving the metric out, or of naming it by the verb."""
    words = at.view.words
    t, kind = at.claim_type, at.kind
    near = [
        words[i].lower for i in range(max(0, at.position - 8), min(len(words), at.position + 6)) if i != at.position
    ]
    out = [f"S{special}", f"S{special}|{t}", f"S{special}|{t}|{kind}", f"S{special}|{t}|u={at.quantity.unit}"]
    out.extend(f"S{special}|{t}|n={word}" for word in dict.fromkeys(near))
    out.extend(f"S{special}|b{k}={word}" for k, word in enumerate(at.before[:2]))
    out.extend(f"S{special}|a{k}={word}" for k, word in enumerate(at.after[:2]))
    out.append(f"S{special}|{t}|b={' '.join(at.before[:2])}")
    out.append(f"S{special}|{t}|a={' '.join(at.after[:2])}")
    known_left = any(i in metric_words for i in heads if i < at.position)
    known_right = any(i in metric_words for i in heads if i > at.position)
    out.append(f"S{special}|{t}|known={known_left}{known_right}")
    return out


def extends(words: list[Word], i: int, text: str) -> bool:
    """Whether word ``i - 1`` may belong to the phrase of word ``i``: they touch, or one space stands between."""
    if i <= 0 or words[i - 1].quantity >= 0:
        return False
    before = words[i - 1]
    if not before.text[0].isalnum() and before.text not in _INNER_MARKS:
        return False
    if in_class(before.lower, "claim_verb") or in_class(before.lower, "stop"):
        return False
    return text[before.end : words[i].start] in _GAPS


def extension_features(words: list[Word], i: int, head: int) -> list[str]:
    """Features of taking word ``i`` in front of the phrase that starts at ``i + 1`` and ends at ``head``."""
    word, after = words[i].lower, words[i + 1].lower
    before = words[i - 1].lower if i else "<edge>"
    out = [
        f"w={word}",
        f"suf={word[-3:]}",
        f"suf2={word[-2:]}",
        f"w|h={word}|{words[head].lower}",
        f"next={after}",
        f"w|next={word}|{after}",
        f"b={before}",
        f"len={head - i}",
        f"up={words[i].text[0].isupper()}|{words[i].text.isupper()}",
        f"cls={'+'.join(word_classes(word))}",
        f"head={words[head].lower}",
    ]
    out.extend(f"c{level}={cluster}" for level, cluster in clusters(word))
    out.extend(f"bc{level}={cluster}" for level, cluster in clusters(before) if level == 64)
    return out


def phrase_end(text: str, end: int) -> int:
    """The end of the phrase with what belongs to a metric's name behind its last word ("nDCG@10", "R^2")."""
    match = _TAIL.match(text, end)
    return match.end() if match and match.end() - end <= 12 else end
