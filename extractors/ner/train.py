"""Trains the model of ``paperclaims_names``: one command from annotated papers and abstracts to model and figures.

    python -m extractors.ner.train --papers train.jsonl more.jsonl --dev dev.jsonl --corpus abstracts.jsonl.gz

Five taggers, each blind to one fold of the papers, say what a tagger makes of papers that it has not seen; on that the
ranker is trained. The tagger of the model is trained on all papers. The dev papers are only measured.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from spacy.language import Language
from spacy.tokens import Doc

import extractors.abbreviations
import extractors.sentences  # noqa: F401  (registers its component)
from extractors.entities import ENTITY_LABELS, MODEL_FOLDER, TAGGER_LABELS, NameFinder
from extractors.ner import features
from extractors.ner.corpus import FOLDS, KINDS, fold_of, mark_paper, prepare, read_papers, sentence_tags
from extractors.ner.gazetteer import Gazetteer, token_marks
from extractors.ner.ranker import Ranker
from extractors.ner.surfaces import featurize, propose
from extractors.ner.tagger import MODEL_FILE, NameTagger, name_like_sentences
from extractors.ner.vectors import cluster_words
from extractors.ner.weights import Floats, Weights
from extractors.tokenizer import make_nlp
from extractors.tokens import tokens_of

SEED = 0
CRF_SETTINGS = {"c1": 0.05, "c2": 0.1, "max_iterations": 40, "feature.possible_transitions": True, "feature.minfreq": 2}
IMPOSSIBLE = -100.0
ALL = -1
"""The fold that is left out when none is."""


@dataclass(frozen=True, slots=True)
class Example:
    """A paper with its Doc."""

    paper: dict[str, Any]
    doc: Doc

    @property
    def fold(self) -> int:
        """The fold of the paper."""
        return fold_of(self.paper["id"])


def make_examples(nlp: Language, papers: Iterable[dict[str, Any]]) -> list[Example]:
    """Every paper with its Doc."""
    return [Example(paper, prepare(nlp, paper["title"], paper["abstract"])) for paper in papers]


def make_trainer(examples: Iterable[Example], gazetteer: Gazetteer, clusters: features.Clusters) -> Any:
    """A CRFsuite trainer that holds all sentences, grouped by fold."""
    import pycrfsuite

    trainer = pycrfsuite.Trainer(params=CRF_SETTINGS, verbose=False)
    word_features = lru_cache(maxsize=None)(lambda word: features.word_features(word, clusters))
    for example in examples:
        doc = example.doc
        tokens = tokens_of(doc)
        words = features.feature_words(tokens)
        matches = gazetteer.match(tokens)
        marks = token_marks(tokens, matches)
        name_like = set(name_like_sentences(doc, marks))
        document = features.DocumentWords.of(doc, words)
        for sentence, tags in sentence_tags(doc, mark_paper(doc, example.paper, matches)):
            if (sentence.start, sentence.end) not in name_like:
                continue
            inside = slice(sentence.start, sentence.end)
            is_title = sentence.start_char < doc._.abstract_start
            rows = features.sentence_features(words[inside], marks[inside], document, word_features, is_title=is_title)
            trainer.append(rows, tags, example.fold)
    return trainer


def train_weights(trainer: Any, without_fold: int, clusters: dict[str, tuple[int, ...]]) -> Weights:
    """Trains on all folds but one (none left out with :data:`ALL`), by L-BFGS with both penalties."""
    import pycrfsuite

    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "names.crf")
        trainer.train(path, holdout=without_fold)
        tagger = pycrfsuite.Tagger()
        tagger.open(path)
        stored = tagger.info()
        tagger.close()
    unseen = [tag for label in TAGGER_LABELS for tag in (f"B-{label}", f"I-{label}") if tag not in stored.labels]
    tags = [*stored.labels, *unseen]
    number = {tag: i for i, tag in enumerate(tags)}
    of_feature: dict[str, Floats] = {}
    for (name, tag), weight in stored.state_features.items():
        of_feature.setdefault(name, np.zeros(len(tags), dtype=np.float32))[number[tag]] = weight
    # A tag that the papers never show must never be given.
    bias = of_feature.setdefault("bias", np.zeros(len(tags), dtype=np.float32))
    bias[len(stored.labels) :] = IMPOSSIBLE
    transitions = np.zeros((len(tags), len(tags)), dtype=np.float32)
    for (before, after), weight in stored.transitions.items():
        transitions[number[before], number[after]] = weight
    return Weights.of_features(tags, of_feature, transitions, clusters)


def fold_name_list(names: Iterable[str]) -> set[str]:
    """Names as the evaluation compares them: white space folded, case ignored."""
    return {" ".join(name.split()).lower() for name in names}


def candidate_rows(example: Example, tagger: NameTagger, gazetteer: Gazetteer) -> tuple[Floats, list[int]] | None:
    """Features and classes of a paper's candidates; ``None`` where it has none."""
    doc = example.doc
    matches = gazetteer.match(tokens_of(doc))
    tagging = tagger.tag([(doc, token_marks(tokens_of(doc), matches))])[0]
    surfaces = propose(doc, tagging, matches)
    if not surfaces.texts:
        return None
    gold = {
        name: number
        for number, label in enumerate(ENTITY_LABELS, 1)
        for kind, its_label in KINDS.items()
        if its_label == label
        for name in fold_name_list(example.paper["entities"].get(kind, []))
    }
    classes = [gold.get(" ".join(text.split()).lower(), 0) for text in surfaces.texts]
    return featurize(doc, tagging, surfaces, matches, gazetteer), classes


def train_ranker(rows: Sequence[tuple[int, Floats, list[int]]], without_fold: int) -> Ranker:
    """A ranker of the rows (fold, features, classes) of all folds but one."""
    used = [(features_, classes) for fold, features_, classes in rows if fold != without_fold]
    classes: NDArray[np.intp] = np.concatenate([np.array(c, dtype=np.intp) for _, c in used])
    return Ranker.fit(np.concatenate([f for f, _ in used]), classes)


def f1_by_label(pairs: Iterable[tuple[dict[str, Any], Sequence[tuple[str, str]]]]) -> dict[str, dict[str, float]]:
    """Precision, recall and F1 of the distinct names by paper: pairs of a gold paper and (name, label) predictions."""
    counts = {label: [0, 0, 0] for label in (*ENTITY_LABELS, "all")}
    for paper, predicted in pairs:
        for kind, label in KINDS.items():
            gold = fold_name_list(paper["entities"].get(kind, []))
            found = fold_name_list(name for name, its_label in predicted if its_label == label)
            for key in (label, "all"):
                for i, number in enumerate((len(gold & found), len(found), len(gold))):
                    counts[key][i] += number
    return {
        label: {
            "precision": round(right / found, 4) if found else 1.0,
            "recall": round(right / gold, 4) if gold else 1.0,
            "f1": round(2 * right / (found + gold), 4) if found + gold else 1.0,
            "gold": gold,
        }
        for label, (right, found, gold) in counts.items()
    }


def names_record(example: Example, finder: NameFinder) -> dict[str, Any]:
    """All mentions that a finder finds, as offsets into the text of the paper."""
    doc = example.doc
    names = []
    for start, end, label, probability in finder.find([doc])[0]:
        span = doc[start:end]
        names.append([span.start_char, span.end_char, label, span.text, probability])
    return {"id": example.paper["id"], "names": names}


def pairs_of(examples: Sequence[Example], records: Sequence[dict[str, Any]]) -> list[tuple[dict[str, Any], Any]]:
    """Gold papers beside the names of their records."""
    return [
        (example.paper, [(text, label) for _, _, label, text, _ in record["names"]])
        for example, record in zip(examples, records, strict=True)
    ]


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument(
        "--papers", type=Path, nargs="+", required=True, help="annotated papers; the first file's folds are measured"
    )
    parser.add_argument("--dev", type=Path, required=True, help="annotated papers that are only measured")
    parser.add_argument("--corpus", type=Path, required=True, help="unlabelled papers, gzipped JSON Lines")
    parser.add_argument("--output", type=Path, default=MODEL_FOLDER)
    parser.add_argument("--names", type=Path, help="write the names found in papers unseen by their model (JSON Lines)")
    train(parser.parse_args())


def train(args: argparse.Namespace) -> None:
    """Trains, measures and writes the model, ``metrics.json`` beside it."""
    started = time.monotonic()
    nlp = make_nlp()
    nlp.add_pipe("paperclaims_sentences")
    nlp.add_pipe("paperclaims_abbreviations")
    gazetteer = Gazetteer()
    clusters = cluster_words(nlp, args.corpus, SEED)
    dev = make_examples(nlp, read_papers([args.dev]))
    measured = {paper["id"] for paper in read_papers(args.papers[:1])}
    known = {example.paper["id"] for example in dev}
    papers = {paper["id"]: paper for paper in reversed(read_papers(args.papers)) if paper["id"] not in known}
    examples = make_examples(nlp, sorted(papers.values(), key=lambda paper: str(paper["id"])))
    trainer = make_trainer(examples, gazetteer, clusters)
    taggers = {}
    for fold in (*range(FOLDS), ALL):
        weights = train_weights(trainer, fold, clusters)
        taggers[fold] = NameTagger(TAGGER_LABELS, weights)
        print(f"tagger without fold {fold}: {time.monotonic() - started:.0f} s", flush=True)
    rows = []
    for example in examples:
        found = candidate_rows(example, taggers[example.fold], gazetteer)
        if found is not None:
            rows.append((example.fold, *found))
    rankers = {fold: train_ranker(rows, fold) for fold in (*range(FOLDS), ALL)}
    finders = {fold: NameFinder(gazetteer, taggers[fold], rankers[fold]) for fold in taggers}
    args.output.mkdir(parents=True, exist_ok=True)
    weights.to_disk(args.output / MODEL_FILE)
    rankers[ALL].to_disk(args.output)
    train_examples = [example for example in examples if example.paper["id"] in measured]
    unseen = [names_record(example, finders[example.fold]) for example in train_examples]
    on_dev = [names_record(example, finders[ALL]) for example in dev]
    if args.names:
        lines = [json.dumps(record, ensure_ascii=False) + "\n" for record in unseen + on_dev]
        args.names.write_text("".join(lines), encoding="utf-8")
    pairs, dev_pairs = pairs_of(train_examples, unseen), pairs_of(dev, on_dev)
    metrics = {
        "papers": len(examples),
        "folds": f1_by_label(pairs),
        "dev": f1_by_label(dev_pairs),
        "folds and dev": f1_by_label(pairs + dev_pairs),
    }
    (args.output / "metrics.json").write_text(json.dumps(metrics, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(metrics, indent=2))


if __name__ == "__main__":
    main()
