"""The one command that trains the names: from annotated papers to a model that the component loads."""

import gzip
import json
import sys
from pathlib import Path

import pytest

from extractors import entities
from extractors.ner import train
from extractors.ner.corpus import prepare
from extractors.tokenizer import make_nlp

NAMES = ["Zorbex", "Plimnet", "Quandor", "Vextra", "Snorlo", "Trimbax", "Yolkan", "Grundo", "Halvix", "Moxley"]


def paper(number: int) -> dict:
    """A made-up paper that names one model, one data set and one device."""
    model, data = f"{NAMES[number % 10]}-{number}", f"{NAMES[(number + 3) % 10]}Bench"
    return {
        "id": f"paper-{number}",
        "title": "A Study: On Understanding",
        "abstract": f"We introduce {model}, a new model for text. We evaluate {model} on the {data} dataset. "
        "It takes one A100 GPU. A large language model (LLM) does not.",
        "entities": {"models": [model], "benchmarks": [data], "hardware": ["A100"]},
        "claims": [{"metric": "accuracy"}],
    }


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    papers = [paper(number) for number in range(60)]
    paths = {name: tmp_path / f"{name}.jsonl" for name in ("papers", "dev")}
    paths["papers"].write_text("".join(json.dumps(row) + "\n" for row in papers[:50]))
    paths["dev"].write_text("".join(json.dumps(row) + "\n" for row in papers[50:]))
    paths["corpus"] = tmp_path / "corpus.jsonl.gz"
    with gzip.open(paths["corpus"], "wt") as lines:
        lines.writelines(json.dumps({"title": row["title"], "abstract": row["abstract"]}) + "\n" for row in papers)
    return paths | {"output": tmp_path / "model", "names": tmp_path / "names.jsonl"}


def test_the_command_trains_measures_and_writes_a_model_that_loads(
    files: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    options = [part for name, path in files.items() for part in (f"--{name}", str(path))]
    monkeypatch.setattr(sys, "argv", ["train", *options])
    train.main()

    figures = json.loads((files["output"] / "metrics.json").read_text())
    assert figures["folds"]["all"]["f1"] > 0.9
    assert figures["dev"]["all"]["f1"] > 0.9

    unseen = [json.loads(line) for line in files["names"].read_text().splitlines()]
    assert {record["id"] for record in unseen} == {f"paper-{number}" for number in range(60)}

    nlp = make_nlp()
    for component in ("paperclaims_sentences", "paperclaims_abbreviations"):
        nlp.add_pipe(component)
    nlp.add_pipe("paperclaims_names", config={"model_folder": str(files["output"])})
    doc = prepare(nlp, "", "We introduce Wumpel-7, a new model for text.")
    assert [(span.text, span.label_) for span in doc.spans[entities.SPANS_KEY]] == [("Wumpel-7", "MODEL")]
