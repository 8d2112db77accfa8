"""Features shared by the slot models: how a candidate stands to the number, in words, marks, lists and sentences."""

from __future__ import annotations

from extractors.claims.clusters import clusters
from extractors.claims.context import SentenceView, shape
from extractors.claims.cues import in_class, word_classes
from extractors.claims.pairs import list_groups


def _bucket(distance: int) -> str:
    for limit in (0, 1, 2, 3, 5, 8, 12, 18):
        if distance <= limit:
            return str(limit)
    return "far"


class NumberView:
    """A quantity of a sentence that is taken for a claim, with what every slot model asks of it."""

    __slots__ = (
        "_relations",
        "after",
        "before",
        "claim_type",
        "group",
        "kind",
        "number",
        "position",
        "pronoun",
        "quantity",
        "view",
    )

    def __init__(self, view: SentenceView, number: int, claim_type: str) -> None:
        self.view = view
        self.number = number
        self.claim_type = claim_type
        self.quantity = view.quantities[number]
        self.position = view.positions[number]
        self.kind = shape(self.quantity)
        first, last = list_groups(view)[number]
        self.group = (number - first, last - first + 1)
        words = view.words
        self.before = [words[i].lower for i in range(max(0, self.position - 4), self.position)][::-1]
        self.after = [words[i].lower for i in range(self.position + 1, min(len(words), self.position + 5))]
        self.pronoun = _pronoun([word.lower for word in words[: self.position]])
        self._relations: dict[tuple[int, int], list[str]] = {}

    def relation(self, start: int, end: int) -> list[str]:
        """How the words from ``start`` to ``end`` (word indices, half open) stand to the number.

        Worked out once: most slots have the same candidates.
        """
        found = self._relations.get((start, end))
        if found is None:
            found = self._relations[start, end] = self._relation(start, end)
        return found

    def _relation(self, start: int, end: int) -> list[str]:
        words, position = self.view.words, self.position
        side = "in" if start <= position < end else "l" if end <= position else "r"
        low, high = (end, position) if side == "l" else (position + 1, start)
        between = [words[i] for i in range(low, high)]
        numbers = sum(word.quantity >= 0 for word in between)
        commas = sum(word.lower in (",", ";") for word in between)
        ands = any(word.lower in ("and", "or") for word in between)
        clause = any(in_class(word.lower, "clause") for word in between)
        deep = self.view.depths[position] - self.view.depths[min(start, len(words) - 1)] if words else 0
        distance = _bucket(high - low)
        t, kind = self.claim_type, self.kind
        out = [
            f"side={side}",
            f"d={side}{distance}",
            f"{t}|d={side}{distance}",
            f"num={side}{min(3, numbers)}",
            f"{t}|num={side}{min(3, numbers)}",
            f"com={side}{min(3, commas)}",
            f"and={side}{ands}",
            f"cl={side}{clause}",
            f"dn={side}{distance}|{min(2, numbers)}|{min(2, commas)}",
            f"par={side}{max(-1, min(1, deep))}",
            f"{t}|par={side}{max(-1, min(1, deep))}",
        ]
        if len(between) <= 4:
            path = " ".join(word.lower for word in between)
            out.append(f"path={side}|{path}")
            out.append(f"{t}|path={side}|{path}")
            out.append(f"{kind}|path={side}|{path}")
        else:
            out.extend(f"btw={side}|{word.lower}" for word in between if word_classes(word.lower))
        classes = {
            name for word in between for name in word_classes(word.lower) if name in ("up", "down", "reach", "compare")
        }
        out.append(f"btwc={side}|{'+'.join(sorted(classes))}")
        return out

    def outside(self, start: int, end: int) -> list[str]:
        """The words right before and behind the candidate, with their clusters."""
        words = self.view.words
        out = []
        for name, index in (("cb1", start - 1), ("cb2", start - 2), ("ca1", end), ("ca2", end + 1)):
            word = words[index].lower if 0 <= index < len(words) else "<edge>"
            out.append(f"{name}={word}")
            out.append(f"{self.claim_type}|{name}={word}")
            for level, cluster in clusters(word):
                if level == 64:
                    out.append(f"{name}c={cluster}")
        two = [words[i].lower if 0 <= i < len(words) else "<edge>" for i in (start - 2, start - 1)]
        out.append(f"cb12={' '.join(two)}")
        return out

    def governor(self, start: int) -> list[str]:
        """The comparing word and the preposition that stand nearest on the left of the candidate at word ``start``."""
        words = self.view.words
        strong = weak = verb = "-"
        numbers = 0
        for distance in range(1, 15):
            i = start - distance
            if i < 0:
                break
            word = words[i]
            numbers += word.quantity >= 0
            if word.quantity >= 0:
                continue
            if in_class(word.lower, "clause") and distance > 1:
                break
            if weak == "-" and in_class(word.lower, "preposition"):
                weak = f"{word.lower}{_bucket(distance)}"
            if verb == "-" and in_class(word.lower, "claim_verb"):
                verb = word.lower
            if in_class(word.lower, "strong_compare"):
                side = "before" if i < self.position else "behind"
                strong = f"{word.lower}|{side}|{min(2, numbers)}"
                break
        t = self.claim_type
        following = next((w.lower for w in words[start + 1 : start + 8] if in_class(w.lower, "claim_verb")), "-")
        return [
            f"gov={strong}",
            f"{t}|gov={strong}",
            f"gov={strong}|n={numbers}",
            f"prep={weak}",
            f"{t}|prep={weak}",
            f"verb<={verb}",
            f"verb>={following}",
            f"verbs={verb}|{following}",
            f"gov|verb={strong}|{following != '-'}",
        ]


def _pronoun(words: list[str]) -> str:
    found = [word for word in words if in_class(word, "pronoun")]
    return found[-1] if found else "-"
