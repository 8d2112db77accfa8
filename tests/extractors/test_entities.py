"""The names of a paper, end to end, and what is recorded of the model that finds them."""

import json
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors import abbreviations, entities, sentences  # noqa: F401  (registers components)
from extractors.ner.corpus import prepare, read_papers
from extractors.ner.train import f1_by_label
from extractors.tokenizer import make_nlp

DEV = Path(__file__).parents[2] / "../shared/gold/dev.jsonl"
NLP = make_nlp()
for component in ("paperclaims_sentences", "paperclaims_abbreviations", "paperclaims_names"):
    NLP.add_pipe(component)


def names(title: str, abstract: str) -> list[tuple[str, str]]:
    doc = prepare(NLP, title, abstract)
    return [(span.text, span.label_) for span in doc.spans["names"]]


def test_names_of_a_paper() -> None:
    found = names(
        "FlashAttention: Fast and Memory-Efficient Exact Attention with IO-Awareness",
        "We propose FlashAttention, an attention algorithm. It trains BERT-large faster than the MLPerf 1.1 record "
        "on eight A100 GPUs. We report accuracy on ImageNet-1K and F1 on SQuAD.",
    )
    assert found.count(("FlashAttention", "MODEL")) == 2
    for name in (("BERT-large", "MODEL"), ("A100", "HARDWARE"), ("ImageNet-1K", "BENCHMARK"), ("SQuAD", "BENCHMARK")):
        assert name in found
    assert ("accuracy", "METRIC") in found


def test_a_name_is_found_wherever_it_stands() -> None:
    found = names(
        "Megatron-LM", "We present Megatron-LM, a library. megatron is a word. It shows that Megatron-LM scales."
    )
    assert found.count(("Megatron-LM", "MODEL")) == 3


def test_a_text_without_names_has_none() -> None:
    assert names("On learning", "We study how models learn. Results are mixed.") == []


def test_no_text_is_no_error() -> None:
    assert names("", "") == []


def test_tasks_are_helpers() -> None:
    assert ("machine translation", "TASK") in names("A study", "We study machine translation.")


@settings(max_examples=30, deadline=None)
@given(st.text(max_size=80), st.text(max_size=300))
def test_names_never_overlap_and_lie_on_tokens(title: str, abstract: str) -> None:
    doc = prepare(NLP, title, abstract)
    taken = [token.i for span in doc.spans["names"] for token in span]
    assert len(taken) == len(set(taken))
    assert all(span.label_ in entities.NAME_LABELS for span in doc.spans["names"])


def test_a_very_long_text_takes_seconds_at_most() -> None:
    started = time.process_time()
    names("Long", "GPT-4 beats BERT on GLUE (General Evaluation) with A100. " * 1500)
    assert time.process_time() - started < 20


def test_the_model_is_small() -> None:
    assert sum(path.stat().st_size for path in entities.MODEL_FOLDER.iterdir()) < 10_000_000


def test_recorded_figures_meet_the_bars() -> None:
    figures = json.loads((entities.MODEL_FOLDER / "metrics.json").read_text(encoding="utf-8"))
    assert figures["folds"]["BENCHMARK"]["f1"] >= 0.78
    assert figures["folds"]["MODEL"]["f1"] >= 0.80
    assert figures["dev"]["all"]["f1"] >= 0.87


@pytest.mark.skipif(not DEV.exists(), reason="the gold files stand beside the checkout only on the project's machines")
def test_the_model_measures_on_dev_what_is_recorded() -> None:
    papers = read_papers([DEV])
    measured = f1_by_label((paper, names(paper["title"], paper["abstract"])) for paper in papers)
    recorded = json.loads((entities.MODEL_FOLDER / "metrics.json").read_text(encoding="utf-8"))["dev"]
    assert measured["all"]["f1"] == pytest.approx(recorded["all"]["f1"], abs=0.01)
