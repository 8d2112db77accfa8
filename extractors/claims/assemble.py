"""Claims from the views of a paper: decide the type of every quantity, then fill its slots, each with its own model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from extractors.claims.attributes import (
    compared_features,
    direction_features,
    inherit_features,
    own_features,
    unit_candidates,
    unit_features,
)
from extractors.claims.baseline_slot import Phrase, phrase_features, phrases
from extractors.claims.context import SentenceView
from extractors.claims.cues import implied_metric, in_class, pattern, word_classes
from extractors.claims.draft import BENCHMARK, HARDWARE, NAMED, RELATIVE_TYPES, SIZE_TYPES, Draft
from extractors.claims.evidence import LINEAR_ONLY, Evidence, Reader, Span, overlap
from extractors.claims.history import Previous, history_features
from extractors.claims.linear import LinearModel
from extractors.claims.metric_slot import (
    SPECIAL,
    extends,
    extension_features,
    head_candidates,
    head_features,
    metric_name_words,
    phrase_end,
    special_features,
)
from extractors.claims.name_slots import (
    before_sentence,
    in_sentence,
    name_features,
    nearest_mentions,
    no_name_features,
    shared_name,
    word_range,
)
from extractors.claims.names import Cast, Name, fold_name
from extractors.claims.noun_phrases import subject_phrases
from extractors.claims.settle_lists import settle_lists
from extractors.claims.slot_features import NumberView
from extractors.claims.types import NONE, TypeModel

_HYPER_PARAMETER = pattern("hyper_parameter", ignore_case=True)
_LOOK_BACK = 60
_MEASURES = frozenset({"speed", "cost", "quality"})


@dataclass(frozen=True, slots=True)
class Models:
    """All trained models of the claim stage."""

    types: TypeModel
    metric: LinearModel
    extension: LinearModel
    subject: LinearModel
    baseline: LinearModel
    benchmark: LinearModel
    hardware: LinearModel
    own: LinearModel
    direction: LinearModel
    relative: LinearModel
    inherit: LinearModel
    compared: LinearModel
    unit: LinearModel


def draft_claims(views: Sequence[SentenceView], cast: Cast, models: Models, read: Reader | None = None) -> list[Draft]:
    """The claims of a paper, in the order of its text; ``read`` is asked where some number may be a claim."""
    drafts: list[Draft] = []
    previous: Previous | None = None
    probabilities = [models.types.probabilities(view) for view in views]
    scores = read(views, probabilities) if read is not None else None
    for view, linear in zip(views, probabilities, strict=True):
        offsets = [quantity.start for quantity in view.quantities]
        weighed = linear if scores is None else scores.weigh_kinds(models.types.classes, offsets, linear)
        decided = models.types.decide(weighed)
        in_view: list[Draft] = []
        for number, (claim_type, confidence) in enumerate(decided):
            if claim_type != NONE and not _is_hyper_parameter(view, number):
                in_view.append(Draft(NumberView(view, number, claim_type), claim_type, confidence))
        for draft in in_view:
            evidence = LINEAR_ONLY if scores is None else scores.evidence(draft.at.quantity.start)
            fill_slots(draft, cast, models, [claim_type for claim_type, _ in decided], previous, evidence)
            previous = _remember(draft)
        settle_lists(in_view, cast)
        _inherit_qualifiers(in_view, models)
        drafts.extend(in_view)
    return drafts


def _is_hyper_parameter(view: SentenceView, number: int) -> bool:
    """Whether the number is a setting of the training by its name; abstracts name these too seldom to learn it."""
    start = view.quantities[number].start
    return _HYPER_PARAMETER.search(view.text, max(view.start, start - _LOOK_BACK), start) is not None


def _remember(draft: Draft) -> Previous:
    return Previous(draft.at, draft.subject, draft.metric, draft.baseline, draft.benchmark, draft.hardware, draft.own)


def fill_slots(
    draft: Draft, cast: Cast, models: Models, types: Sequence[str], previous: Previous | None, evidence: Evidence
) -> None:
    """All slots of one claim; ``types`` are the decided types of the sentence's quantities."""
    at = draft.at
    draft.metric = _metric(at, cast, models, previous, evidence)
    subject, ownness = _subject(at, cast, models, previous, evidence)
    if draft.type == "model_size" and (shared := shared_name(at, cast)) is not None:
        subject = Name(at.quantity.start, at.quantity.end, "MODEL", shared, fold_name(shared))
    draft.subject = subject.text if subject else None
    draft.subject_key = subject.key if subject else ""
    is_own = subject is not None and cast.is_own(subject.key)
    features = own_features(at, draft.subject, is_own, ownness, bool(cast.own_key))
    features += history_features(at, previous, lambda p: p.own)
    draft.own = evidence.own(models.own.score(features)) >= 0.0
    if draft.type not in SIZE_TYPES:
        draft.set_list("baseline", _baselines(at, cast, models, draft.subject_key, previous, evidence))
        draft.set_list("benchmark", _listed(at, cast, models.benchmark, "benchmark", previous, evidence))
        draft.set_list("hardware", _listed(at, cast, models.hardware, "hardware", previous, evidence))
        draft.baseline_value = _compared(at, models, types)
    if draft.type in RELATIVE_TYPES:
        features = direction_features(at, draft.metric or "")
        draft.direction = "higher" if evidence.higher(models.direction.score(features)) >= 0.0 else "lower"
        if draft.type != "improvement" and at.quantity.unit in ("%", "x"):
            draft.relative = "to" if models.relative.probability(features) >= 0.5 else "by"
    draft.qualifier = at.quantity.qualifier
    draft.unit = _data_unit(at, models) if draft.type == "dataset_size" else at.quantity.unit


def metric_heads(at: NumberView, cast: Cast) -> tuple[list[int], frozenset[int], frozenset[int]]:
    """Candidate heads, the words that end a known metric, and the words that belong to other names."""
    names = in_sentence(at, cast, frozenset({"METRIC", "MODEL", "BENCHMARK", "HARDWARE"}))
    known = metric_name_words(at.view, names)
    taken: set[int] = set()
    for name in names:
        if name.label != "METRIC":
            first, last = word_range(at, name)
            taken.update(range(first, last))
    return head_candidates(at, known), known, frozenset(taken)


def metric_history(at: NumberView, previous: Previous | None, candidate: str | None) -> list[str]:
    """Whether the claim before had this metric (its head word, or what is implied)."""
    same_view = previous is not None and previous.at.view is at.view
    return history_features(
        at, previous if same_view else None, lambda p: (p.metric or "").lower().endswith(candidate or "-")
    )


def _metric(at: NumberView, cast: Cast, models: Models, previous: Previous | None, evidence: Evidence) -> str | None:
    if at.claim_type == "model_size":
        return "parameters"
    if at.claim_type == "dataset_size":
        return None
    heads, known, taken = metric_heads(at, cast)
    best, best_weight = "<none>", -1e9
    for special in SPECIAL:
        features = special_features(at, special, heads, known) + special_history(at, previous, special)
        weight = evidence.special_metric(special, models.metric.score(features))
        if weight > best_weight:
            best, best_weight = special, weight
    head = -1
    text, words = at.view.text, at.view.words
    ends: set[int] = set()
    for i in heads:
        features = head_features(at, i, known, taken) + metric_history(at, previous, words[i].lower)
        end = phrase_end(text, words[i].end)
        ends.add(end)
        weight = evidence.metric_head(models.metric.score(features), words[i].start, end)
        if weight > best_weight:
            head, best_weight = i, weight
    for (start, end), weight in evidence.proposals("metric"):
        if weight > best_weight and end not in ends:
            return implied_metric(text[start:end])
    if head < 0:
        return None if best == "<none>" else best
    phrase = metric_phrase(at.view, head, models.extension, evidence)
    if at.after[:1] == ["faster"] and not in_class(words[head].lower, "time_word"):
        return phrase if phrase == "speed" else f"{phrase} speed"  # "6.1x faster at inference"
    if (
        at.claim_type == "speedup"
        and words[head].text.islower()
        and not any(map(_is_measure, phrase.lower().replace("-", " ").split()))
    ):
        return f"{phrase} speed"  # "accelerates training by 3x"
    return phrase


def _is_measure(word: str) -> bool:
    return in_class(word, "time_word") or not _MEASURES.isdisjoint(word_classes(word))


def special_history(at: NumberView, previous: Previous | None, special: str) -> list[str]:
    if special == "<none>":
        state = "-" if previous is None or previous.at.view is not at.view else str(previous.metric is None)
        return [f"S<none>|h={state}"]
    return [f"S|{feature}" for feature in metric_history(at, previous, special)]


def metric_phrase(view: SentenceView, head: int, extension: LinearModel, evidence: Evidence = LINEAR_ONLY) -> str:
    """The metric's words, from its head to the left as far as they belong to it; "energy" of "energy efficient" is not
    all of it."""
    words = view.words
    if head + 1 < len(words) and in_class(words[head + 1].lower, "metric_tail") and extends(words, head + 1, view.text):
        head += 1
    within = [head]
    while extends(words, within[-1], view.text) and head - within[-1] < 5:
        within.append(within[-1] - 1)
    starts = [i for i in within if words[i].text[0].isalnum() or i == head]
    chosen = evidence.metric_start([(words[i].start, words[i].end) for i in starts])
    first = starts[chosen] if chosen is not None else _first_word(view, within, extension)
    return implied_metric(view.text[words[first].start : phrase_end(view.text, words[head].end)])


def _first_word(view: SentenceView, within: Sequence[int], extension: LinearModel) -> int:
    """The leftmost word that the linear model takes in; ``within`` are the head and the words that touch it."""
    words, head, first = view.words, within[0], within[0]
    for i in within[1:]:
        if words[i].text[0].isalnum() and extension.probability(extension_features(words, i, head)) < 0.5:
            break
        first = i
    while not words[first].text[0].isalnum() and first < head:
        first += 1
    return first


def subject_candidates(at: NumberView, cast: Cast) -> list[Name]:
    """Names of the sentence, names shortly before it, and the paper's own name."""
    inside = nearest_mentions(at, in_sentence(at, cast, NAMED))
    keys = {name.key for name in inside}
    outside = [name for name in before_sentence(at, cast, NAMED) if name.key not in keys]
    keys.update(name.key for name in outside)
    if cast.own_key and cast.own_key not in keys:
        outside.append(next(name for name in cast.names if name.key == cast.own_key))
    return inside + outside + subject_phrases(at, in_sentence(at, cast, NAMED | HARDWARE))


def subject_history(at: NumberView, previous: Previous | None, name: Name | None) -> list[str]:
    """Whether the claim before was about this name (or about none)."""
    if name is None:
        return [f"N|{feature}" for feature in history_features(at, previous, lambda p: p.subject is None)]
    return history_features(at, previous, lambda p: None if p.subject is None else fold_name(p.subject) == name.key)


def _subject(
    at: NumberView, cast: Cast, models: Models, previous: Previous | None, evidence: Evidence
) -> tuple[Name | None, float]:
    candidates = subject_candidates(at, cast)
    peers = in_sentence(at, cast, NAMED)
    best: Name | None = None
    features = no_name_features(at, cast, peers, "subj") + subject_history(at, previous, None)
    best_weight = evidence.no_subject(models.subject.score(features))
    for name in candidates:
        features = name_features(at, cast, name, peers, "subj") + subject_history(at, previous, name)
        weight = evidence.subject(models.subject.score(features), name)
        if weight > best_weight:
            best, best_weight = name, weight
    keys = {name.key for name in candidates}
    for (start, end), weight in evidence.proposals("subject"):
        text = at.view.text[start:end]
        if weight > best_weight and fold_name(text) not in keys:
            best, best_weight = Name(start, end, "PHRASE", text, fold_name(text)), weight
    return best, cast.ownness.get(best.key, 0.0) if best else 0.0


def baseline_candidates(at: NumberView, cast: Cast) -> list[Phrase]:
    """Names of the sentence and phrases behind comparing words."""
    names = in_sentence(at, cast, NAMED)
    found = [Phrase(*word_range(at, name), name.text, "", name) for name in nearest_mentions(at, names)]
    return found + phrases(at.view, in_sentence(at, cast, NAMED | HARDWARE))


def listed_history(at: NumberView, previous: Previous | None, slot: str, text: str) -> list[str]:
    """Whether the claim before had ``text`` in the list ``slot``."""

    def chosen(before: Previous) -> bool | None:
        values: tuple[str, ...] = getattr(before, slot)
        return text.lower() in {value.lower() for value in values} if values else None

    return history_features(at, previous, chosen)


def _baselines(
    at: NumberView, cast: Cast, models: Models, subject_key: str, previous: Previous | None, evidence: Evidence
) -> list[Span]:
    candidates = baseline_candidates(at, cast)
    peers = in_sentence(at, cast, NAMED)
    weighed: list[tuple[Span, float]] = []
    for phrase in candidates:
        if phrase.name is not None and phrase.name.key == subject_key:
            continue
        features = phrase_features(at, cast, phrase, peers, len(candidates))
        features += listed_history(at, previous, "baseline", phrase.text)
        words = at.view.words
        place = (words[phrase.first].start, words[phrase.last - 1].end)
        if phrase.name is not None:
            place = (phrase.name.start, phrase.name.end)
        weighed.append((place, evidence.listed("baseline", models.baseline.score(features), place)))
    low, high = at.view.start, at.view.end
    proposed = [(place, weight) for place, weight in evidence.proposals("baseline") if low <= place[0] < high]
    return _chosen(at.view.text, weighed, proposed)


def _chosen(text: str, candidates: Sequence[tuple[Span, float]], proposed: Sequence[tuple[Span, float]]) -> list[Span]:
    """The phrases that are kept, in the order of the text. Of two that overlap the heavier one stays; a phrase that is
    proposed gives way to any candidate."""
    kept: list[Span] = []
    seen = {text[start:end].lower() for (start, end), _ in candidates}
    new = [(place, weight) for place, weight in proposed if text[place[0] : place[1]].lower() not in seen]
    for group in (candidates, new):
        for place, weight in sorted(group, key=lambda item: -item[1]):
            if weight >= 0.0 and not any(overlap(place, other) for other in kept):
                kept.append(place)
    return sorted(kept)


def listed_candidates(at: NumberView, cast: Cast, labels: frozenset[str]) -> list[Name]:
    """Names of the labels in the sentence, then those shortly before it."""
    inside = nearest_mentions(at, in_sentence(at, cast, labels))
    keys = {name.key for name in inside}
    return inside + [name for name in before_sentence(at, cast, labels, 300) if name.key not in keys]


def _listed(
    at: NumberView, cast: Cast, model: LinearModel, slot: str, previous: Previous | None, evidence: Evidence
) -> list[Span]:
    labels = BENCHMARK if slot == "benchmark" else HARDWARE
    peers = in_sentence(at, cast, labels)
    weighed: list[tuple[Span, float]] = []
    for name in listed_candidates(at, cast, labels):
        features = name_features(at, cast, name, peers, slot) + listed_history(at, previous, slot, name.text)
        place = (name.start, name.end)
        weighed.append((place, evidence.listed(slot, model.score(features), place)))
    return _chosen(at.view.text, weighed, evidence.proposals(slot))


def compared_candidates(at: NumberView, types: Sequence[str]) -> list[int]:
    """Other quantities of the sentence, near the number, that are no claims themselves."""
    return [
        k for k in range(len(at.view.quantities)) if k != at.number and types[k] == NONE and abs(k - at.number) <= 4
    ]


def _compared(at: NumberView, models: Models, types: Sequence[str]) -> float | None:
    best, value = 0.5, None
    for k in compared_candidates(at, types):
        probability = models.compared.probability(compared_features(at, k, types[k]))
        if probability >= best:
            best, value = probability, at.view.quantities[k].value
    return value


def _inherit_qualifiers(drafts: list[Draft], models: Models) -> None:
    for k, draft in enumerate(drafts):
        if draft.qualifier != "exact":
            continue
        earlier = next((d for d in reversed(drafts[:k]) if d.at.quantity.qualifier != "exact"), None)
        if earlier is None or draft.at.number - earlier.at.number > 6:
            continue
        if models.inherit.probability(inherit_features(draft.at, earlier.at.number)) >= 0.5:
            draft.qualifier = earlier.at.quantity.qualifier


def _data_unit(at: NumberView, models: Models) -> str:
    if at.quantity.dimension == "time":
        return at.view.text[at.quantity.core_end : at.quantity.end].strip(" -~").rstrip("s").lower() + "s"
    best, best_score = -1, 0.0
    for i in unit_candidates(at):
        score = models.unit.score(unit_features(at, i))
        if best < 0 or score > best_score:
            best, best_score = i, score
    return unit_phrase(at, best) if best >= 0 else ""


def unit_phrase(at: NumberView, head: int) -> str:
    """The counted noun with the compound before it ("question-answer pairs"), lower case, plural."""
    words = at.view.words

    def glued(i: int) -> bool:
        return i > at.position + 1 and at.view.text[words[i - 1].end : words[i].start] in ("-", "")

    first = head
    if first - 1 > at.position and glued(first - 1) and words[first - 1].text[0].isalpha():
        first -= 1
    while glued(first) and head - first < 4:
        first -= 1
    text = at.view.text[words[first].start : words[head].end].lower().lstrip("-")
    if text.endswith("s") or not text[-1].isalpha():
        return text
    return text[:-1] + "ies" if text.endswith(("ry", "ty", "gy", "dy")) else text + "s"
