"""Train the models of the claim stage, and measure them on held-out folds.

One command, from annotated papers (``gold/GUIDELINES.md``; one JSON paper a line) to ``models/*.npz``::

    uv run python -m extractors.claims.train GOLD.jsonl… [--names NAMES.jsonl]
    uv run python -m extractors.claims.train GOLD.jsonl… --folds HELD_OUT.jsonl --predictions OUT.jsonl

``--names`` holds predicted names (``{"id", "names": [[start, end, label, text, …]]}``, offsets into title, blank line,
abstract) of papers, made by a NER model that did not see them; other papers get the names of the pipeline. With
``--folds`` nothing is saved: the papers of that file are predicted in five folds by models that saw the other folds
and all papers of GOLD.jsonl.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc

from extractors.claims.assemble import Models, draft_claims
from extractors.claims.component import BINARY_MODELS, cast_of, sentence_bounds, views_of
from extractors.claims.finish import finish
from extractors.claims.names import Cast, Name, fold_name, make_cast
from extractors.claims.training import Prepared, align, fit_all
from extractors.evaluation import fold_of
from extractors.pipeline import COMPONENTS, make_pipeline, read_doc
from extractors.tokenizer import text_of
from schemas.records import claim_to_json

Json = dict[str, Any]
FOLDER = Path(__file__).parent / "models"


def read_papers(paths: Iterable[Path]) -> Iterator[Json]:
    """The gold papers of the files, one JSON object a line."""
    for path in paths:
        with path.open(encoding="utf-8") as lines:
            yield from (json.loads(line) for line in lines if line.strip())


def prepare(nlp: Language, paper: Json, names: dict[str, list[list[Any]]]) -> Prepared:
    """A paper with its views, names and gold claims."""
    doc = read_doc(nlp, paper["title"], paper["abstract"])
    start = doc._.abstract_start
    views = views_of(doc)
    cast = _cast(doc, names[paper["id"]]) if paper["id"] in names else cast_of(doc)
    gold = [align(paper, start, view) for view in views]
    return Prepared(paper, text_of(doc), start, sentence_bounds(doc), views, cast, gold)


def _cast(doc: Doc, found: list[list[Any]]) -> Cast:
    names = [Name(start, end, label, text) for start, end, label, text, *_ in found]
    abbreviations = {fold_name(short.text): fold_name(long.text) for short, long in doc._.abbreviations}
    return make_cast(text_of(doc), doc._.abstract_start, names, abbreviations)


def predict(paper: Prepared, models: Models) -> Json:
    """The paper with predicted claims, in the form that the evaluation reads."""
    drafts = draft_claims(paper.views, paper.cast, models)
    claims = [claim_to_json(finish(draft, paper.text, paper.abstract_start)) for draft in drafts]
    return {
        "id": paper.paper["id"],
        "title": paper.paper["title"],
        "claims": claims,
        "links": [],
        "code": "none",
        "entities": {},
    }


def save(models: Models, folder: Path) -> None:
    """Write all models to ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    models.types.first.save(folder / "types_first.npz")
    np.savez_compressed(folder / "types_second.npz", weights=models.types.weights, intercept=models.types.intercept)
    for name in BINARY_MODELS:
        getattr(models, name).save(folder / f"{name}.npz")


def main() -> None:
    """Run the command of the module's docstring."""
    parser = argparse.ArgumentParser(description="Train the models of the claim stage.")
    parser.add_argument("gold", nargs="+", type=Path)
    parser.add_argument("--names", type=Path)
    parser.add_argument("--folds", type=Path)
    parser.add_argument("--predictions", type=Path, default=Path("predictions.jsonl"))
    args = parser.parse_args()
    names = {row["id"]: row["names"] for row in read_papers([args.names])} if args.names else {}
    nlp = make_pipeline(COMPONENTS[:-1])
    papers = [prepare(nlp, paper, names) for paper in read_papers(args.gold)]
    if args.folds is None:
        save(fit_all(papers), FOLDER)
        return
    held_out = [prepare(nlp, paper, names) for paper in read_papers([args.folds])]
    with args.predictions.open("w", encoding="utf-8") as out:
        for k in range(5):
            seen = [paper for paper in held_out if fold_of(paper.paper["id"]) != k]
            models = fit_all(papers + seen)
            for paper in held_out:
                if fold_of(paper.paper["id"]) == k:
                    out.write(json.dumps(predict(paper, models)) + "\n")


if __name__ == "__main__":
    main()
