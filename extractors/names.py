"""Names resolved: from the words of a text to one canonical name.

The lists are CSV files in ``extractors/data`` (one row a name: canonical spelling, aliases, the surfaces that need
context), the words that may stand around a name are in ``names.toml`` beside them. Spellings that differ only in case,
hyphens, spaces, plural or LaTeX residue are one by rule (:func:`fold`), so the lists do not repeat them.

**Policy for unknown names.** ``resolve_benchmark``, ``resolve_hardware`` and ``resolve_model`` are asked about surfaces
that something else has found to be names. A name in no list comes back tidied (:func:`tidy`, and without articles and
words such as "dataset" around it), so that a leaderboard still groups it; ``None`` means that nothing but generic words
is left ("public benchmarks", "GPU"). :func:`lookup` knows only the lists. An unknown metric is ``None``: without its
direction and scale nothing could be compared.
"""

from __future__ import annotations

import csv
import re
import tomllib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Literal, NamedTuple

Label = Literal["BENCHMARK", "MODEL", "HARDWARE", "METRIC", "TASK"]
Better = Literal["higher", "lower", "none"]
MetricKind = Literal["quality", "speed", "cost", "size"]

LABELS: tuple[Label, ...] = ("BENCHMARK", "MODEL", "HARDWARE", "METRIC", "TASK")
_FILES: dict[Label, str] = {
    "BENCHMARK": "benchmarks.csv",
    "MODEL": "models.csv",
    "HARDWARE": "hardware.csv",
    "METRIC": "metrics.csv",
    "TASK": "tasks.csv",
}
# Names of things, as against common nouns: only these are written without their spaces ("Image Net 1 K").
_PROPER: frozenset[Label] = frozenset({"BENCHMARK", "MODEL", "HARDWARE"})
_PLURAL: frozenset[Label] = frozenset({"HARDWARE", "METRIC", "TASK"})
_CACHE = 8192
_MAX_SURFACE = 200
"""A longer surface is no name; it is cut off before any pattern sees it."""


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric: ``better`` is the direction of progress, ``scale`` how values are written (percent, 0-1, open …)."""

    canonical: str
    better: Better
    scale: str
    kind: MetricKind


@dataclass(frozen=True, slots=True)
class Name:
    """One row of a list: ``surfaces`` starts with the canonical one; those in ``ambiguous`` need context."""

    canonical: str
    surfaces: tuple[str, ...]
    ambiguous: frozenset[str]
    kind: str


class Term(NamedTuple):
    """A string to search for, what it would be, and whether it is that only in context (a common word, an acronym)."""

    surface: str
    label: Label
    canonical: str
    ambiguous: bool


class _Index(NamedTuple):
    names: tuple[Name, ...]
    exact: dict[str, Name]
    folded: dict[str, Name]


class _Around(NamedTuple):
    """The words that may surround a name, as compiled patterns."""

    head: re.Pattern[str]
    tail: re.Pattern[str]
    generic: frozenset[str]


# The Greek letters that stand in names (π0, τ-bench), in the order of their code points.
_GREEK_NAMES = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda "
    "mu nu xi omicron pi rho varsigma sigma tau upsilon phi chi psi omega"
)
_GREEK = {name: chr(code) for code, name in enumerate(_GREEK_NAMES.split(), start=0x3B1)}
_GREEK_COMMAND = re.compile(r"\\(" + "|".join(sorted(_GREEK, key=len, reverse=True)) + r")(?![A-Za-z])")
_FORMAT_COMMAND = re.compile(
    r"\\(?:text(?:sc|bf|it|tt|rm|sf)?|math(?:rm|bf|it|sf|tt|cal)|emph|rm|bf|it|sc|tt|sf)(?![A-Za-z])"
)
_LATEX = re.compile(r"[\\${}]+")
_SPACE = re.compile(r"[\s~]+")
_SEPARATOR = re.compile(r"[\s\-_‐‑–]+")
_LETTER_DIGIT = re.compile(r"(?<=[A-Za-z])(?=\d)")
# What a key leaves out: all but letters, digits, "+", "*", "@" and a point between digits.
_UNFOLDED = re.compile(r"[^\w+*@.]+|_+|(?<!\d)\.|\.(?!\d)")
_PER_SECOND = re.compile(r"/s(?:ec(?:ond)?)?$")
_EDGE = " \t\n.,;:\"'`“”‘’"


def tidy(surface: str) -> str:
    """The surface without LaTeX residue, edge punctuation and doubled spaces; case and spelling stay as they are."""
    text = surface[:_MAX_SURFACE]
    if _LATEX.search(text):
        text = _GREEK_COMMAND.sub(lambda match: _GREEK[match[1]], text)
        text = _LATEX.sub("", _FORMAT_COMMAND.sub(" ", text))
    text = _SPACE.sub(" ", text).strip(_EDGE)
    while text and ((text[0] in "([" and text[-1] in ")]") or (text.count("(") < text.count(")") and text[-1] == ")")):
        text = (text[1:-1] if text[0] in "([" else text[:-1]).strip(_EDGE)
    return text


def fold(surface: str) -> str:
    """The key that all spellings of a name share: no case, hyphens, spaces, quotes, slashes or LaTeX residue.

    ``+``, ``*`` and ``@`` stay (HumanEval+ is not HumanEval), and so does a point between digits (GPT-4.1); ``&`` is
    read as "and", a final ``/s`` as "per second".
    """
    text = tidy(surface)
    if text.isascii():
        text = text.lower()
    else:
        text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    text = _PER_SECOND.sub("persecond", text.replace("&", "and"))
    return _UNFOLDED.sub("", text)


def _read_rows(label: Label) -> list[dict[str, str]]:
    text = files("extractors").joinpath("data", _FILES[label]).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def _split_cell(cell: str) -> tuple[str, ...]:
    return tuple(part for part in cell.split("|") if part)


@cache
def _index(label: Label) -> _Index:
    """The list of one label with its two look-ups; a fold that two names share is told apart by exact spelling only."""
    names: list[Name] = []
    exact: dict[str, Name] = {}
    folded: dict[str, Name] = {}
    shared: set[str] = set()
    for row in _read_rows(label):
        surfaces = (row["canonical"], *_split_cell(row["aliases"]))
        kind = row.get("kind") or row.get("family") or row.get("area") or ""
        name = Name(row["canonical"], surfaces, frozenset(_split_cell(row["ambiguous"])), kind)
        names.append(name)
        for surface in surfaces:
            exact[surface] = name
            key = fold(surface)
            if folded.setdefault(key, name) is not name:
                shared.add(key)
    for key in shared:
        del folded[key]
    return _Index(tuple(names), exact, folded)


@cache
def _metric_table() -> dict[str, Metric]:
    """Metrics by canonical name."""
    directions: dict[str, Better] = {"higher": "higher", "lower": "lower", "none": "none"}
    kinds: dict[str, MetricKind] = {"quality": "quality", "speed": "speed", "cost": "cost", "size": "size"}
    return {
        row["canonical"]: Metric(row["canonical"], directions[row["better"]], row["scale"], kinds[row["kind"]])
        for row in _read_rows("METRIC")
    }


@cache
def _rules() -> dict[str, dict[str, list[Any]]]:
    text = files("extractors").joinpath("data", "names.toml").read_text(encoding="utf-8")
    rules: dict[str, dict[str, list[Any]]] = tomllib.loads(text)
    return rules


@cache
def _around(label: Label) -> _Around:
    rules = _rules()[label.lower()]

    def words(key: str) -> str:
        return "|".join(re.escape(word) for word in sorted(rules.get(key, []), key=len, reverse=True))

    tails = "|".join([rf"(?i:[\s-]+(?:{words('tails')}))", *rules.get("tail_patterns", [])])
    heads = "|".join([rf"(?i:(?:{words('heads')})\s+)", *rules.get("head_patterns", [])])
    if rules.get("brands"):
        heads += rf"|(?:{words('brands')})\s+"
    return _Around(re.compile(rf"^(?:{heads})"), re.compile(rf"(?:{tails})$"), frozenset(map(fold, rules["generic"])))


def _find(label: Label, surface: str) -> Name | None:
    """The name with this spelling: exact, folded, or folded without a plural s."""
    index = _index(label)
    if (name := index.exact.get(surface)) is not None:
        return name
    key = fold(surface)
    if (name := index.folded.get(key)) is not None:
        return name
    return index.folded.get(key[:-1]) if len(key) > 3 and key.endswith("s") else None


def lookup(label: Label, surface: str) -> str | None:
    """The canonical name of a surface that a list holds in some spelling, else ``None``. No word is dropped."""
    name = _find(label, tidy(surface))
    return name.canonical if name else None


def _shorter(label: Label, surface: str) -> Iterator[str]:
    """The surface, then what is left of it as words around the name are dropped: tails first, then heads."""
    around = _around(label)
    queue, seen = [surface], {surface}
    while queue:
        text = queue.pop(0)
        yield text
        for pattern in (around.tail, around.head):
            rest = tidy(pattern.sub("", text, count=1))
            if rest and rest not in seen:
                seen.add(rest)
                queue.append(rest)


def _is_generic(label: Label, text: str) -> bool:
    key = fold(text)
    return not key or key in _around(label).generic or key.removesuffix("s") in _around(label).generic


def _plain_words_dropped(label: Label, surface: str) -> str:
    """An unknown name without the plain words around it (patterns such as versions belong to an unknown name)."""
    rules = _rules()[label.lower()]
    heads = {word.lower() for word in rules["heads"]}
    tails = {word.lower() for word in rules["tails"]}
    words = surface.split(" ")
    while len(words) > 1 and words[0].lower() in heads:
        words = words[1:]
    while len(words) > 1 and words[-1].lower() in tails:
        words = words[:-1]
    return tidy(" ".join(words))


def _resolve(label: Label, surface: str) -> str | None:
    text = tidy(surface)
    for candidate in _shorter(label, text):
        if (name := _find(label, candidate)) is not None:
            return name.canonical
    rest = _plain_words_dropped(label, text)
    return None if _is_generic(label, rest) else rest


@lru_cache(_CACHE)
def resolve_benchmark(surface: str) -> str | None:
    """The canonical name of a benchmark or data set: "ImageNet-1K val" → ImageNet, "VBench T2V" → VBench."""
    return _resolve("BENCHMARK", surface)


@lru_cache(_CACHE)
def resolve_model(surface: str) -> str | None:
    """The canonical name of a model, method, system or library: "Qwen2.5 7B Instruct" → Qwen2.5."""
    return _resolve("MODEL", surface)


@lru_cache(_CACHE)
def resolve_hardware(surface: str) -> str | None:
    """The canonical name of a device: "8x A100-SXM4-80GB GPUs" → NVIDIA A100.

    A part number that no list holds resolves to its family where the family is a line of CPUs, FPGAs or
    microcontrollers ("Intel Xeon Gold 6338" → Intel Xeon).
    """
    resolved = _resolve("HARDWARE", surface)
    if resolved is None or resolved in _index("HARDWARE").exact:
        return resolved
    families = _rules()["hardware"]["families"]
    words = re.split(r"([\s-])", tidy(surface))
    for end in range(len(words) - 2, 0, -2):
        name = _find("HARDWARE", "".join(words[:end]))
        if name is not None and name.kind in families:
            return name.canonical
    return resolved


@lru_cache(_CACHE)
def resolve_metric(surface: str) -> Metric | None:
    """The metric behind a surface, with its direction and scale; ``None`` where no list knows it.

    Words around it are dropped ("average top-1 accuracy (%)" → top-1 accuracy); then the longest end of the phrase
    that is a metric counts ("grasping success rate" → success rate).
    """
    text = tidy(surface)
    candidates = list(_shorter("METRIC", text))
    name = next(filter(None, (_find("METRIC", candidate) for candidate in candidates)), None)
    if name is None:
        ends = (end for candidate in candidates for end in _ends(candidate))
        name = next(filter(None, (_find("METRIC", end) for end in ends)), None)
    return _metric_table()[name.canonical] if name else None


def _ends(text: str) -> Iterator[str]:
    """The ends of a phrase, longest first, without the phrase itself."""
    words = text.split(" ")
    for start in range(1, len(words)):
        yield " ".join(words[start:])


def _separated(surface: str, proper: bool) -> Iterator[str]:
    """The surface with its separators as hyphens, as spaces, or (proper names) left out."""
    yield surface
    parts = [part for part in _SEPARATOR.split(surface) if part]
    if len(parts) > 1:
        yield " ".join(parts)
        if len(parts) <= 3 or not proper:
            yield "-".join(parts)
        if proper and len(parts) == 2 and len(surface) > 4:
            yield "".join(parts)
        if proper and len(parts) == 3 and parts[1][0].isdigit():  # Llama-3-8B: Llama3-8B, Llama-3 8B
            first, second, third = parts
            yield from (f"{first}{second}-{third}", f"{first}{second} {third}", f"{first}-{second} {third}")
    elif proper and len(surface) > 4 and len(parts := _LETTER_DIGIT.split(surface)) == 2 and len(parts[0]) > 2:
        yield " ".join(parts)
        yield "-".join(parts)


@cache
def _capitals() -> tuple[re.Pattern[str], dict[str, list[str]]]:
    """A pattern of the parts of names that are written with different capitals, and the other spellings of each."""
    groups: list[list[str]] = _rules()["spellings"]["same"]
    others = {part: [other for other in group if other != part] for group in groups for part in group}
    return re.compile("|".join(map(re.escape, sorted(others, key=len, reverse=True)))), others


def _spellings(surface: str, label: Label) -> Iterator[str]:
    """The spellings of a surface that texts use: other separators, other capitals (``names.toml``), a plural s."""
    proper = label in _PROPER
    separated = list(_separated(surface, proper))
    yield from separated
    if proper:
        pattern, others = _capitals()
        for written in separated:
            for match in pattern.finditer(written):
                yield from (written[: match.start()] + other + written[match.end() :] for other in others[match[0]])
    if label in _PLURAL and len(surface) > 2 and surface[-1].isalnum() and surface[-1] not in "sS":
        plural = surface + "s"
        if len(key := fold(plural)) > 3 and key not in _index(label).folded:  # "iPhone Xs" is not an "iPhone X"
            yield plural


def _needs_context(spelling: str, label: Label) -> bool:
    """Whether another list of proper names holds the same spelling (MuJoCo: simulator or benchmark?)."""
    return label in _PROPER and any(spelling in _index(other).exact for other in _PROPER if other != label)


def matcher_terms(labels: tuple[Label, ...] = LABELS) -> Iterator[Term]:
    """Every string to search for, with its spellings, for a spaCy ``PhraseMatcher``.

    Proper names (BENCHMARK, MODEL, HARDWARE) are to be matched as written (``attr="ORTH"``), METRIC and TASK in any
    case (``attr="LOWER"``). Never feed these as token patterns to an ``EntityRuler``: 125 times slower.
    """
    for label in labels:
        index = _index(label)
        for name in index.names:
            seen: set[str] = set()
            for surface in name.surfaces:
                ambiguous = surface in name.ambiguous
                for spelling in _spellings(surface, label):
                    if spelling not in seen and index.exact.get(spelling, name) is name:
                        seen.add(spelling)
                        yield Term(spelling, label, name.canonical, ambiguous or _needs_context(spelling, label))
