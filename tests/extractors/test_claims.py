"""Given this sentence, these claims. Sentences are ours; they speak of systems that do not exist."""

from __future__ import annotations

import math
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import extractors
from schemas.records import CLAIM_TYPES, Claim, claim_to_json

TITLE = "Quokka: Fast Attention for Long Documents"
LEAD = "We propose Quokka, an attention kernel for long documents. "


def claims(sentence: str) -> dict[str, Claim]:
    return {claim.span: claim for claim in extractors.load().extract(TITLE, LEAD + sentence).claims}


@pytest.mark.parametrize(
    ("sentence", "span", "expected"),
    [
        (
            "Quokka is 2.3x faster than FlashAttention on an NVIDIA A100.",
            "2.3x",
            {"type": "speedup", "value": 2.3, "unit": "x", "direction": "higher", "metric": "speed", "factor": 2.3},
        ),
        (
            "It reduces inference latency by 60% compared with vLLM.",
            "60%",
            {"type": "speedup", "direction": "lower", "relative": "by", "good": True, "factor": 2.5},
        ),
        (
            "It accelerates training by 3x over PyTorch.",
            "3x",
            {"type": "speedup", "direction": "higher", "metric": "training speed", "factor": 3.0},
        ),
        (
            "It lowers peak memory by up to 4.5x over PyTorch.",
            "4.5x",
            {"type": "efficiency", "qualifier": "up_to", "direction": "lower", "factor": 4.5},
        ),
        (
            "It is 24x more energy efficient than PyTorch.",
            "24x",
            {"type": "efficiency", "direction": "higher", "metric": "energy efficiency", "good": True, "factor": 24.0},
        ),
        (
            "Quokka achieves 83.1% accuracy on MMLU.",
            "83.1%",
            {"type": "score", "value": 83.1, "metric": "accuracy", "benchmark": ["MMLU"], "own": True},
        ),
        (
            "It improves accuracy by 1.9 points on MMLU.",
            "1.9 points",
            {"type": "improvement", "unit": "points", "direction": "higher"},
        ),
        (
            "Decoding takes 1.6 ms per token on an iPhone 12.",
            "1.6 ms",
            {"type": "measurement", "unit": "ms", "base_value": 0.0016, "base_unit": "s"},
        ),
        ("We train a model with 30B parameters.", "30B", {"type": "model_size", "value": 30e9, "unit": "params"}),
        (
            "We release a dataset of 1,649 question-answer pairs.",
            "1,649",
            {"type": "dataset_size", "value": 1649, "unit": "question-answer pairs"},
        ),
        (
            "Throughput rises from 533 to 2364 FPS.",
            "2364 FPS",
            {"type": "measurement", "value": 2364, "baseline_value": 533, "factor": pytest.approx(4.435, abs=0.01)},
        ),
    ],
)
def test_claim(sentence: str, span: str, expected: dict[str, Any]) -> None:
    found = claims(sentence)
    assert span in found
    shown = claim_to_json(found[span])
    assert {name: shown[name] for name in expected} == expected


@pytest.mark.parametrize(
    "sentence",
    [
        "It extends GPT-4V and was tested on ImageNet-1K.",
        "Our contributions are: (1) a kernel; (2) a scheduler.",
        "It was published in 2021.",
        "We use a batch size of 64 and a learning rate of 0.001.",
        "All runs have a weight decay of 0.05 and a dropout rate of 0.1.",
        "Its cost grows as O(n^2) with the length n.",
    ],
)
def test_names_marks_dates_and_settings_are_no_claims(sentence: str) -> None:
    assert claims(sentence) == {}


def test_canonical_names_stand_beside_the_written_ones() -> None:
    claim = claims("Quokka is 2.3x faster than FlashAttention on an A100 GPU.")["2.3x"]
    assert claim.hardware_ids == ("NVIDIA A100",)
    assert claim.subject == "Quokka"
    assert claim.baseline == ("FlashAttention",)


def test_same_text_gives_the_same_claims() -> None:
    text = LEAD + "Quokka is 2.3x faster than FlashAttention and reaches 83.1% on MMLU."
    extractor = extractors.load()
    once = extractor.extract(TITLE, text)
    extractor.extract("Another paper", "It holds 40 GB and 7B parameters.")
    assert extractor.extract(TITLE, text) == once


def test_many_papers_at_once_are_the_same_as_one_by_one() -> None:
    extractor = extractors.load()
    papers = [(TITLE, LEAD + "It is 3x faster."), ("", "No number here."), (TITLE, "It has 7B parameters.")]
    assert extractor.extract_many(papers) == [extractor.extract(*paper) for paper in papers]


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=80), st.text(max_size=300))
def test_every_claim_of_any_text_stands_where_it_says(title: str, abstract: str) -> None:
    fields = {"title": title, "abstract": abstract}
    for claim in extractors.load().extract(title, abstract).claims:
        assert fields[claim.field][claim.start : claim.end] == claim.span
        assert claim.type in CLAIM_TYPES
        assert math.isfinite(claim.value)
        assert 0 <= claim.confidence <= 1


@pytest.mark.parametrize("unit", ["3x faster and ", "12, ", "GPT-4 at 3% vs 4%, ", "(((2% ", "1 to 2 "])
def test_time_is_linear_in_the_length_of_a_sentence(unit: str) -> None:
    def seconds(length: int) -> float:
        start = time.process_time()
        extractors.load().extract("", unit * (length // len(unit)))
        return time.process_time() - start

    extractors.load().extract("", unit)
    assert seconds(8_000) < 16 * max(seconds(1_000), 0.05)  # eight times the text; a quadratic step would take 64
