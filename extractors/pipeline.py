"""The pipeline: which components, in which order, and the door that everyone uses, :func:`load`."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from spacy.language import Language
from spacy.tokens import Doc

import extractors.abbreviations
import extractors.claims.component
import extractors.entities
import extractors.links
import extractors.quantities
import extractors.sentences  # noqa: F401  (importing a module registers its component)
from extractors.tokenizer import make_doc, make_nlp
from schemas.records import Entities, Extraction

COMPONENTS = (
    "paperclaims_sentences",
    "paperclaims_quantities",
    "paperclaims_abbreviations",
    "paperclaims_names",
    "paperclaims_links",
    "paperclaims_claims",
)
MAX_WORDS = 400_000
"""spaCy keeps every word it ever saw; past this many the pipeline is made anew, so that memory stays flat.
(``Language.memory_zone`` would make the tokenizer five times slower: it forgets the common words too.)"""
_LISTS = {"BENCHMARK": "benchmarks", "MODEL": "models", "HARDWARE": "hardware"}


def make_pipeline(components: Sequence[str] = COMPONENTS, *, fast: bool = False) -> Language:
    """A spaCy pipeline of the components; the text of a paper is title, blank line, abstract."""
    nlp = make_nlp()
    for name in components:
        nlp.add_pipe(name, config={"network": not fast} if name == "paperclaims_claims" else {})
    return nlp


def read_doc(nlp: Language, title: str, abstract: str) -> Doc:
    """The Doc of a paper, through all components of ``nlp``."""
    return read_docs(nlp, [(title, abstract)])[0]


def read_docs(nlp: Language, papers: Sequence[tuple[str, str]]) -> list[Doc]:
    """The Docs of (title, abstract) pairs; a component that can read many at once (``pipe``) gets all of them."""
    docs = [make_doc(nlp, title, abstract) for title, abstract in papers]
    for _, component in nlp.pipeline:
        docs = list(component.pipe(docs)) if hasattr(component, "pipe") else [component(doc) for doc in docs]
    return docs


class Extractor:
    """Papers in, extractions out. One a process; not safe to share between threads."""

    def __init__(self, fast: bool = False) -> None:
        self.fast = fast
        self.nlp = make_pipeline(fast=fast)

    def extract(self, title: str, abstract: str) -> Extraction:
        """Everything found in one paper.

        Args:
            title: may be empty.
            abstract: at most :data:`schemas.records.MAX_TEXT_CHARS` characters.
        """
        return self.extract_many([(title, abstract)])[0]

    def extract_many(self, papers: Sequence[tuple[str, str]]) -> list[Extraction]:
        """The extractions of (title, abstract) pairs, in their order."""
        if len(self.nlp.vocab) > MAX_WORDS:
            self.nlp = make_pipeline(fast=self.fast)
        return [_extraction(doc) for doc in read_docs(self.nlp, papers)]


def _extraction(doc: Doc) -> Extraction:
    return Extraction(claims=doc._.claims, links=doc._.links, code=doc._.code, entities=_entities(doc))


def _entities(doc: Doc) -> Entities:
    found: dict[str, dict[str, None]] = {name: {} for name in _LISTS.values()}
    for span in doc.spans.get("names", ()):
        if span.label_ in _LISTS:
            found[_LISTS[span.label_]].setdefault(span.text)
    return Entities(**{name: tuple(surfaces) for name, surfaces in found.items()})


@cache
def load(fast: bool = False) -> Extractor:
    """The extractor with the models of the package, loaded once a process."""
    return Extractor(fast)
