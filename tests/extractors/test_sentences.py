"""Where sentences begin."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors import sentences
from extractors.tokenizer import make_doc, make_nlp

NLP = make_nlp()


def split(abstract: str, title: str = "A title") -> list[str]:
    doc = sentences.paperclaims_sentences(make_doc(NLP, title, abstract))
    return [sentence.text.strip() for sentence in doc.sents][1:]


@pytest.mark.parametrize(
    "sentence",
    [
        "Vaswani et al. proposed the Transformer.",
        "We compare vs. a baseline, e.g. ResNet-50, i.e. a CNN.",
        "As Fig. 2 shows, it needs approx. 3.5 GB.",
        "The work of J. Schmidhuber and S. Hochreiter is known.",
        "It runs at 89.5 tokens/s on v2.1 of the code.",
    ],
)
def test_a_full_stop_inside_does_not_end_a_sentence(sentence: str) -> None:
    assert split(sentence) == [sentence]


@pytest.mark.parametrize(
    ("abstract", "count"),
    [
        ("It is fast. It is small.", 2),
        ("Does it scale? It does! Indeed.", 3),
        ("It beats the U.S. record. vLLM is slower.", 2),
        ("It reaches 90.1%. On COCO it gains 2 points.", 2),
        ("careless capitals here. we go on.", 2),
        ("Metrics, tables, etc. are given.", 1),
        ('He said "it works." Then it did.', 2),
        ("One paragraph\n\nanother one", 2),
        ("a line\nthat is wrapped", 1),
        ("the end of it.The start of it.", 2),
    ],
)
def test_number_of_sentences(abstract: str, count: int) -> None:
    assert len(split(abstract)) == count


@pytest.mark.parametrize("title", ["without a full stop", "an answer to Vaswani et al.", "the work of J. S.", "why? "])
def test_title_and_abstract_never_share_a_sentence(title: str) -> None:
    doc = sentences.paperclaims_sentences(make_doc(NLP, title, "and in lower case"))
    assert [sentence.text.strip() for sentence in doc.sents] == [title.strip(), "and in lower case"]


@given(st.text(max_size=200), st.text(max_size=400))
def test_sentences_cover_any_text(title: str, abstract: str) -> None:
    doc = sentences.paperclaims_sentences(make_doc(NLP, title, abstract))
    assert "".join(sentence.text_with_ws for sentence in doc.sents) == doc.text
