"""Which names of a sentence go with which of its numbers, whatever the models think likely.

The models are made to take every name of the sentence, so that only the rules part and complete the lists.
"""

from __future__ import annotations

from collections.abc import Sequence

import pytest

import extractors
from extractors.claims.assemble import draft_claims
from extractors.claims.component import cast_of, load_models, views_of
from extractors.claims.context import SentenceView
from extractors.claims.draft import Draft
from extractors.claims.evidence import Evidence, Span
from extractors.claims.linear import Floats
from extractors.pipeline import read_doc

TITLE = "Quokka: Fast Attention for Long Documents"


class Takes(Evidence):
    """Takes the names of one slot whose text is wanted, and leaves the other slots empty."""

    def __init__(self, slot: str, text: str, wanted: Sequence[str]) -> None:
        self._slot, self._text, self._wanted = slot, text, wanted

    def listed(self, slot: str, score: float, place: Span) -> float:
        return 1.0 if slot == self._slot and self._text[place[0] : place[1]] in self._wanted else -1.0


class Reads:
    """The same evidence for every number."""

    def __init__(self, evidence: Evidence) -> None:
        self._evidence = evidence

    def weigh_kinds(self, classes: Sequence[str], offsets: Sequence[int], probabilities: Floats) -> Floats:
        return probabilities

    def evidence(self, offset: int) -> Evidence:
        return self._evidence


def drafts(sentence: str, slot: str, wanted: Sequence[str]) -> list[Draft]:
    doc = read_doc(extractors.load().nlp, TITLE, sentence)

    def read(views: Sequence[SentenceView], probabilities: Sequence[Floats]) -> Reads:
        return Reads(Takes(slot, views[0].text, wanted))

    found = draft_claims(views_of(doc), cast_of(doc), load_models(), read)
    return [draft for draft in found if draft.type != "model_size"]


@pytest.mark.parametrize(
    ("sentence", "slot", "expected"),
    [
        (
            "Quokka improves accuracy by 3.2% over Mistral-7B and by 8.0% over LLaMA-2.",
            "baseline",
            [("Mistral-7B",), ("LLaMA-2",)],
        ),
        (
            "Quokka reaches 81.5% accuracy on MMLU, and it reaches 63.0% accuracy on GSM8K.",
            "benchmark",
            [("MMLU",), ("GSM8K",)],
        ),
        (
            "Quokka reaches 81.5% accuracy, above Mistral-7B (79.1%) and LLaMA-2 (70.4%).",
            "baseline",
            [("Mistral-7B", "LLaMA-2")],
        ),
        (
            "Quokka reaches 81.5% accuracy, above Mistral-7B (79.1%), Vicuna (74.2%), and LLaMA-2 (70.4%).",
            "baseline",
            [("Mistral-7B", "LLaMA-2")],
        ),
        (
            "On MMLU and GSM8K, Quokka improves accuracy by 3.2% and recall by 8.0%.",
            "benchmark",
            [("MMLU", "GSM8K"), ("MMLU", "GSM8K")],
        ),
    ],
)
def test_what_follows_another_claim_is_that_claims(sentence: str, slot: str, expected: list[tuple[str, ...]]) -> None:
    found = drafts(sentence, slot, [name for names in expected for name in names])
    assert [getattr(draft, slot) for draft in found][: len(expected)] == expected


@pytest.mark.parametrize(
    ("sentence", "taken", "expected"),
    [
        ("Quokka reaches 92.1% accuracy on MMLU, GSM8K, and HumanEval.", "GSM8K", ("MMLU", "GSM8K", "HumanEval")),
        (
            "Quokka reaches 92.1% accuracy on Zorba-7, GSM8K, and HumanEval.",
            "GSM8K",
            ("Zorba-7", "GSM8K", "HumanEval"),
        ),
        ("Quokka reaches 92.1% accuracy on MMLU and GSM8K.", "GSM8K", ("MMLU", "GSM8K")),
        ("Quokka reaches 92.1% accuracy on MMLU, and LLaMA-2 is slower.", "MMLU", ("MMLU",)),
        ("Quokka reaches 92.1% and 88.0% accuracy on MMLU and GSM8K.", "MMLU", ("MMLU",)),
        ("On MMLU, Quokka reaches 92.1% accuracy.", "MMLU", ("MMLU",)),
        ("On MMLU and GSM8K, Quokka reaches 92.1% accuracy.", "GSM8K", ("MMLU", "GSM8K")),
    ],
)
def test_a_list_of_names_is_taken_as_a_whole(sentence: str, taken: str, expected: tuple[str, ...]) -> None:
    assert drafts(sentence, "benchmark", [taken])[0].benchmark == expected


def test_respectively_shares_names_out_in_order() -> None:
    sentence = "Quokka is 40% and 45% faster than Triton on an NVIDIA V100 GPU and an Apple M2, respectively."
    found = drafts(sentence.replace("an ", ""), "hardware", ["NVIDIA V100", "Apple M2"])
    assert [draft.hardware for draft in found] == [("NVIDIA V100",), ("Apple M2",)]
    found = drafts("LLaMA-2 and Mistral-7B reach 81.5% and 63.0% accuracy, respectively.", "hardware", [])
    assert [draft.subject for draft in found] == ["LLaMA-2", "Mistral-7B"]
    sentence = "Quokka beats vLLM and Triton by 3.9% and 3.4% on short and long documents, respectively."
    found = drafts(sentence, "baseline", ["vLLM", "Triton"])
    assert [draft.baseline for draft in found] == [("vLLM", "Triton")] * 2


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Quokka attains a score of 5.83 on ZorbaBench-EN.", ("ZorbaBench-EN",)),
        ("Quokka attains 88.1% accuracy on MMLU.", ("MMLU",)),
        ("Quokka attains a score of 5.83 on Mistral-7B.", ()),
        ("Quokka attains a score of 5.83 on Monday.", ()),
        ("Quokka attains 11% and 14% gains on MMLU and GSM8K.", ()),
    ],
)
def test_a_result_has_the_benchmark_right_behind_it(sentence: str, expected: tuple[str, ...]) -> None:
    assert drafts(sentence, "baseline", [])[0].benchmark == expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("We compress Llama-3.1-8B and 70B.", {"8B": "Llama-3.1-8B", "70B": "Llama-3.1-70B"}),
        ("We compress Qwen2.5-1.5B, 7B, and 72B.", {"1.5B": "Qwen2.5-1.5B", "7B": "Qwen2.5-7B", "72B": "Qwen2.5-72B"}),
        ("We compress Vicuna-7B/68M.", {"7B": "Vicuna-7B", "68M": "Vicuna-68M"}),
    ],
)
def test_sizes_share_the_name_before_them(sentence: str, expected: dict[str, str]) -> None:
    claims = extractors.load().extract(TITLE, sentence).claims
    assert {claim.span: claim.subject for claim in claims} == expected
