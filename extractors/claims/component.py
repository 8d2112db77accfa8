"""The component ``paperclaims_claims``: from quantities and names of the Doc to finished claims."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib import resources
from io import BytesIO

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc

from extractors.claims.assemble import Models, draft_claims
from extractors.claims.context import SentenceView, sentence_view, topic_of
from extractors.claims.evidence import PaperEvidence, Reader
from extractors.claims.finish import finish
from extractors.claims.linear import Floats, load_model
from extractors.claims.names import Cast, Name, fold_name, make_cast
from extractors.claims.types import NONE, TypeModel
from extractors.tokenizer import text_of
from extractors.tokens import tokens_of

MAX_QUANTITIES = 60
"""A "sentence" with more quantities than this (a table that lost its lines) is read in pieces: time stays linear."""
SURELY_NONE = 0.98
"""A sentence whose numbers are all none to the linear models, with this probability or more, is not read again."""
BINARY_MODELS = tuple(name for name in Models.__dataclass_fields__ if name != "types")


@cache
def load_models() -> Models:
    """The trained models of the package, loaded once a process."""
    data = resources.files("extractors.claims").joinpath("models/types_second.npz").read_bytes()
    with np.load(BytesIO(data), allow_pickle=False) as stored:
        types = TypeModel(load_model("types_first"), stored["weights"].astype(np.float32), stored["intercept"])
    return Models(types=types, **{name: load_model(name) for name in BINARY_MODELS})


def sentence_bounds(doc: Doc) -> list[tuple[int, int]]:
    """Character offsets of the sentences."""
    tokens = tokens_of(doc)
    offsets, words = tokens.offsets, tokens.words
    return [(offsets[first], offsets[last - 1] + len(words[last - 1])) for first, last in tokens.sentences]


def views_of(doc: Doc) -> list[SentenceView]:
    """The sentences of the Doc that hold a quantity."""
    text, abstract_start = text_of(doc), doc._.abstract_start
    sentences = sentence_bounds(doc)
    quantities = list(doc._.quantities)
    views: list[SentenceView] = []
    topic = topic_of(text, abstract_start) if quantities else ()
    done = 0
    for i, (start, end) in enumerate(sentences):
        limit = sentences[i + 1][0] if i + 1 < len(sentences) else len(text) + 1
        inside = []
        while done < len(quantities) and quantities[done].start < limit:
            inside.append(quantities[done])
            done += 1
        for first in range(0, len(inside), MAX_QUANTITIES):
            part, rest = inside[first : first + MAX_QUANTITIES], inside[first + MAX_QUANTITIES :]
            low = part[0].start if first else start
            high = rest[0].start if rest else max(end, part[-1].end)
            views.append(sentence_view(text, low, high, i, len(sentences), start < abstract_start - 1, part, topic))
    return views


def network_reader(doc: Doc, cast: Cast) -> Reader:
    """Reads the Doc with the network, where a number may be a claim."""

    def read_again(views: Sequence[SentenceView], probabilities: Sequence[Floats]) -> PaperEvidence | None:
        none = load_models().types.classes.index(NONE)
        likely = [view for view, rows in zip(views, probabilities, strict=True) if rows[:, none].min() < SURELY_NONE]
        if not likely:
            return None
        from extractors.claims.network.evidence import PaperScores
        from extractors.claims.network.reading import read, sentences_to_read

        quantities = [quantity for view in likely for quantity in view.quantities]
        sentences, start = sentence_bounds(doc), doc._.abstract_start
        chosen = sentences_to_read(sentences, start, [quantity.start for quantity in quantities], cast)
        reading = read(text_of(doc), start, sentences, chosen, quantities, cast)
        return PaperScores(reading, cast) if reading.rows else None

    return read_again


def cast_of(doc: Doc) -> Cast:
    """The names of the Doc, with which of them is its own."""
    names = [Name(span.start_char, span.end_char, span.label_, span.text) for span in doc.spans.get("names", ())]
    abbreviations = {fold_name(short.text): fold_name(long.text) for short, long in doc._.abbreviations}
    return make_cast(text_of(doc), doc._.abstract_start, names, abbreviations)


@Language.factory(
    "paperclaims_claims",
    requires=["doc._.quantities", "doc.spans"],
    assigns=["doc._.claims"],
    default_config={"network": True},
    retokenizes=False,
)
def make_claims(nlp: Language, name: str, network: bool) -> ClaimFinder:
    """The component that fills ``doc._.claims``; without the ``network`` by the linear models alone."""
    return ClaimFinder(network)


class ClaimFinder:
    """Writes the claims, in the order of the text, to ``doc._.claims``."""

    def __init__(self, network: bool) -> None:
        self.models = load_models()
        self.network = network

    def __call__(self, doc: Doc) -> Doc:
        views = views_of(doc)
        drafts = []
        if views:
            cast = cast_of(doc)
            drafts = draft_claims(views, cast, self.models, network_reader(doc, cast) if self.network else None)
        start = doc._.abstract_start
        doc._.claims = tuple(finish(draft, text_of(doc), start) for draft in drafts)
        return doc


if not Doc.has_extension("claims"):
    Doc.set_extension("claims", default=())
