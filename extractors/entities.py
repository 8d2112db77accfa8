"""``paperclaims_names``: the names of a paper, by the trained tagger, the name lists and what the whole paper says.

Writes ``doc.spans["names"]``: spans that do not overlap, in order, with a label of :data:`NAME_LABELS`.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc, Span

from extractors.ner.features import feature_words
from extractors.ner.gazetteer import Gazetteer, Match, token_marks
from extractors.ner.ranker import Ranker
from extractors.ner.surfaces import Surfaces, featurize, propose
from extractors.ner.tagger import NameTagger, Tagging

ENTITY_LABELS = ("BENCHMARK", "MODEL", "HARDWARE")
NAME_LABELS = (*ENTITY_LABELS, "METRIC", "TASK")
SPANS_KEY = "names"
MODEL_FOLDER = Path(__file__).parent / "ner" / "model"

KEEP_FROM = 0.45
"""A candidate is a name from this probability on; chosen for the best F1 on the folds of the training papers."""


@Language.factory(
    "paperclaims_names",
    requires=["token.is_sent_start", "doc._.abbreviations"],
    assigns=["doc.spans"],
    default_config={"model_folder": None},
)
def make_name_finder(nlp: Language, name: str, model_folder: str | None) -> NameFinder:
    """The component with the model of this package, or with that of another folder."""
    folder = Path(model_folder) if model_folder else MODEL_FOLDER
    return NameFinder(Gazetteer(), NameTagger.from_disk(folder), Ranker.from_disk(folder))


class NameFinder:
    """Writes ``doc.spans["names"]``; a span's ``id_`` is empty, its probability is in ``doc.user_data``."""

    def __init__(self, gazetteer: Gazetteer, tagger: NameTagger, ranker: Ranker) -> None:
        self._gazetteer = gazetteer
        self._tagger = tagger
        self._ranker = ranker

    def __call__(self, doc: Doc) -> Doc:
        doc.spans[SPANS_KEY] = [Span(doc, start, end, label=label) for start, end, label, _ in self.find(doc)]
        return doc

    def find(self, doc: Doc) -> list[tuple[int, int, str, float]]:
        """Names as (first token, past last token, label, probability), in order."""
        if not len(doc):
            return []
        words = feature_words(doc)
        matches = self._gazetteer.match(doc, words)
        tagging = self._tagger.tag(doc, words, token_marks(doc, matches))
        surfaces = propose(doc, tagging, matches)
        found: list[tuple[int, int, str, float]] = []
        if surfaces.texts:
            rows = featurize(doc, tagging, surfaces, matches, self._gazetteer)
            sure = {doc[m.start : m.end].text for m in matches if m.sure and m.label == "HARDWARE"}
            found = choose(surfaces, self._ranker.probabilities(rows).tolist(), sure)
        return sorted(found + _helpers(found, self._metrics(tagging), matches))

    def _metrics(self, tagging: Tagging) -> list[tuple[int, int]]:
        return [(start, end) for start, end, label in tagging.spans if self._tagger.labels[label] == "METRIC"]


def choose(
    surfaces: Surfaces, probabilities: list[list[float]], devices: Collection[str]
) -> list[tuple[int, int, str, float]]:
    """Mentions of the candidates that are names; where two overlap, the longer one, then the likelier one.

    ``devices`` are candidates that the lists are sure of: training papers name too few for the ranker to know them.
    """
    mentions = []
    for index, (none, *by_label) in enumerate(probabilities):
        is_device = surfaces.texts[index] in devices
        if is_device or 1.0 - none >= KEEP_FROM:
            label = "HARDWARE" if is_device else ENTITY_LABELS[by_label.index(max(by_label))]
            mentions += [(start - end, none, start, end, label) for start, end in surfaces.of(index)]
    taken: set[int] = set()
    kept = []
    for _, none, start, end, label in sorted(mentions):
        if taken.isdisjoint(range(start, end)):
            taken.update(range(start, end))
            kept.append((start, end, label, round(1.0 - none, 3)))
    return kept


def _helpers(
    names: list[tuple[int, int, str, float]], metrics: list[tuple[int, int]], matches: list[Match]
) -> list[tuple[int, int, str, float]]:
    """Metrics (tagged, or sure by their list) and tasks (by their list) where no name stands."""
    candidates = [(start, end, "METRIC") for start, end in metrics]
    candidates += [(m.start, m.end, m.label) for m in matches if m.label in ("METRIC", "TASK") and m.sure]
    taken = {token for start, end, *_ in names for token in range(start, end)}
    kept = []
    for start, end, label in candidates:
        if taken.isdisjoint(range(start, end)):
            taken.update(range(start, end))
            kept.append((start, end, label, 1.0))
    return kept
