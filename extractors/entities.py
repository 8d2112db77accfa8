"""``paperclaims_names``: the names of a paper, by the trained tagger, the name lists and what the whole paper says.

Writes ``doc.spans["names"]``: spans that do not overlap, in order, with a label of :data:`NAME_LABELS`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc, Span

from extractors.ner.gazetteer import Gazetteer, Match, token_marks
from extractors.ner.ranker import Ranker
from extractors.ner.surfaces import Surfaces, featurize, propose
from extractors.ner.tagger import NameTagger, Tagging
from extractors.tokens import tokens_of

ENTITY_LABELS = ("BENCHMARK", "MODEL", "HARDWARE")
TAGGER_LABELS = (*ENTITY_LABELS, "METRIC")
NAME_LABELS = (*ENTITY_LABELS, "METRIC", "TASK")
SPANS_KEY = "names"
MODEL_FOLDER = Path(__file__).parent / "ner" / "model"

MAX_TOKENS = 50_000
"""Tokens that are tagged at once; 64 abstracts have 16,000."""

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
    return NameFinder(Gazetteer(), NameTagger.from_disk(folder, TAGGER_LABELS), Ranker.from_disk(folder))


class NameFinder:
    """Writes ``doc.spans["names"]``; a span's ``id_`` is empty, its probability is in ``doc.user_data``."""

    def __init__(self, gazetteer: Gazetteer, tagger: NameTagger, ranker: Ranker) -> None:
        self._gazetteer = gazetteer
        self._tagger = tagger
        self._ranker = ranker

    def __call__(self, doc: Doc) -> Doc:
        return next(self.pipe([doc]))

    def pipe(self, stream: Iterable[Doc], *, batch_size: int = 64) -> Iterator[Doc]:
        """The Docs of the stream with their names: many at once are much faster than one."""
        waiting = iter(stream)
        while docs := list(islice(waiting, batch_size)):
            for doc, names in zip(docs, self.find(docs), strict=True):
                doc.spans[SPANS_KEY] = [Span(doc, start, end, label=label) for start, end, label, _ in names]
                yield doc

    def find(self, docs: Sequence[Doc]) -> list[list[tuple[int, int, str, float]]]:
        """For each Doc its names as (first token, past last token, label, probability), in order."""
        matches = [self._gazetteer.match(tokens_of(doc)) for doc in docs]
        found: list[list[tuple[int, int, str, float]]] = []
        for some in _of_bounded_size(docs):
            marks = [token_marks(tokens_of(docs[i]), matches[i]) for i in some]
            taggings = self._tagger.tag([(docs[i], of_doc) for i, of_doc in zip(some, marks, strict=True)])
            found += [self._decide(docs[i], tagging, matches[i]) for i, tagging in zip(some, taggings, strict=True)]
        return found

    def _decide(self, doc: Doc, tagging: Tagging, matches: list[Match]) -> list[tuple[int, int, str, float]]:
        surfaces = propose(doc, tagging, matches)
        found: list[tuple[int, int, str, float]] = []
        if surfaces.texts:
            rows = featurize(doc, tagging, surfaces, matches, self._gazetteer)
            tokens = tokens_of(doc)
            sure = {tokens.slice(m.start, m.end) for m in matches if m.sure and m.label == "HARDWARE"}
            found = choose(surfaces, self._ranker.probabilities(rows).tolist(), sure)
        return sorted(found + _helpers(found, self._metrics(tagging), matches))

    def _metrics(self, tagging: Tagging) -> list[tuple[int, int]]:
        return [(start, end) for start, end, label in tagging.spans if self._tagger.labels[label] == "METRIC"]


def _of_bounded_size(docs: Sequence[Doc]) -> Iterator[list[int]]:
    """The numbers of the Docs in groups of so many tokens that memory stays bounded (a Doc is not parted)."""
    group: list[int] = []
    size = 0
    for number, doc in enumerate(docs):
        if group and size + len(doc) > MAX_TOKENS:
            yield group
            group, size = [], 0
        group.append(number)
        size += len(doc)
    if group:
        yield group


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
