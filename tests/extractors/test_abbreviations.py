"""Abbreviations that a text explains."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors import abbreviations
from extractors.tokenizer import make_doc, make_nlp

NLP = make_nlp()


def pairs(text: str) -> list[tuple[str, str]]:
    return [
        (text[found.short_start : found.short_end], text[found.long_start : found.long_end])
        for found in abbreviations.find_definitions(text)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We use Low-Rank Adaptation (LoRA) here.", [("LoRA", "Low-Rank Adaptation")]),
        ("Large Language Models (LLMs) are large.", [("LLMs", "Large Language Models")]),
        ("We train BERT (Bidirectional Encoder Representations from Transformers).",
         [("BERT", "Bidirectional Encoder Representations from Transformers")]),
        ("the key-value (KV) cache", [("KV", "key-value")]),
        ("Mean average precision (mAP, higher is better)", [("mAP", "Mean average precision")]),
        ("It is fast (see Figure 2).", []),
        ("We call it Adam (ours).", []),
        ("A sentence ends. (ABC) begins.", []),
        ("unbalanced ( brackets (AB", []),
    ],
)  # fmt: skip
def test_pairs(text: str, expected: list[tuple[str, str]]) -> None:
    assert pairs(text) == expected


def test_component_writes_spans() -> None:
    nlp = make_nlp()
    nlp.add_pipe("paperclaims_abbreviations")
    doc = nlp("Mixture of Experts (MoE) layers")
    assert [(short.text, long.text) for short, long in doc._.abbreviations] == [("MoE", "Mixture of Experts")]


@given(st.text(alphabet="ABab (),.-\n", max_size=200))
def test_offsets_lie_in_the_text_and_do_not_cross(text: str) -> None:
    for found in abbreviations.find_definitions(text):
        assert 0 <= found.short_start < found.short_end <= len(text)
        assert 0 <= found.long_start < found.long_end <= len(text)
        assert found.long_end <= found.short_start or found.short_end <= found.long_start


@given(st.text(max_size=300))
def test_any_text_has_spans(text: str) -> None:
    doc = abbreviations.AbbreviationFinder()(make_doc(NLP, "", text))
    assert all(len(short) and len(long) for short, long in doc._.abbreviations)
