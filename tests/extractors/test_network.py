"""The network beside the linear models: what it reads, when it is asked, and what happens without it."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import asdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import extractors
from extractors.claims.component import cast_of, sentence_bounds, views_of
from extractors.claims.names import make_cast
from extractors.claims.network import evidence, reading
from extractors.claims.network.evidence import KINDS, SLOTS, PaperScores
from extractors.claims.network.reading import MAX_PIECES, Reading, read, sentences_to_read
from extractors.pipeline import read_doc
from extractors.tokenizer import text_of

TITLE = "Quokka: Fast Attention for Long Documents"
PLAIN = "Attention is costly. Documents are long. "
CLAIM = "Quokka is 2.3x faster than FlashAttention on an NVIDIA A100."
YEAR = "The workshop was founded in 1998."


def read_text(abstract: str) -> Reading:
    """All sentences with numbers of a paper, as the network reads them."""
    doc = read_doc(extractors.load().nlp, TITLE, abstract)
    cast, sentences, start = cast_of(doc), sentence_bounds(doc), doc._.abstract_start
    quantities = [quantity for view in views_of(doc) for quantity in view.quantities]
    chosen = sentences_to_read(sentences, start, [quantity.start for quantity in quantities], cast)
    return read(text_of(doc), start, sentences, chosen, quantities, cast)


def words(one: Reading) -> str:
    tokens = [reading.tokenizer().id_to_token(int(piece)) for piece in one.ids]
    return " ".join(tokens).replace(" ##", "")


def test_it_reads_the_title_the_number_and_what_leads_up_to_it() -> None:
    text = words(
        read_text(
            PLAIN
            + "We propose Quokka, which keeps keys in blocks. Memory is saved too. "
            + CLAIM
            + " More will follow."
        )
    )
    assert "quokka : fast attention" in text
    assert "memory is saved too" in text  # the sentence before
    assert "which keeps keys in blocks" in text  # the first to name the paper's own system
    assert "2 . 3x faster than flashattention" in text
    assert "documents are long" not in text
    assert "more will follow" not in text


def test_numbers_and_names_are_marked_where_they_stand() -> None:
    one = read_text(CLAIM)
    (first,), (last,) = one.first.tolist(), one.last.tolist()
    text = f"{TITLE}\n\n{CLAIM}"
    assert text[one.starts[first] : one.ends[last]] == "2.3x"
    assert one.marks[first : last + 1].all()
    assert one.marks.sum() == one.marks[first : last + 1].sum()
    name = one.pieces(text.index("FlashAttention"), text.index("FlashAttention") + len("FlashAttention"))
    assert name is not None
    assert one.labels[name[0]] == 1  # begins a model that is not the paper's own
    assert set(one.labels[name[0] + 1 : name[1] + 1].tolist()) <= {2}


def test_what_lies_behind_the_cut_has_no_row_and_is_still_found() -> None:
    sentence = "Quokka reaches 61.5% accuracy on MMLU. "
    many = sentence * 60
    one = read_text(many)
    assert len(one.ids) == MAX_PIECES
    assert 0 < len(one.rows) < 60
    assert len(extractors.load().extract(TITLE, many).claims) == 60


@given(st.text(max_size=300))
@settings(max_examples=150, deadline=None)
def test_offsets_of_any_text_rise_and_lie_in_it(noise: str) -> None:
    abstract = f"{noise} {CLAIM}"
    one = read_text(abstract)
    length = len(f"{TITLE}\n\n{abstract}")
    assert one.starts == sorted(one.starts)
    assert one.ends == sorted(one.ends)
    assert all(0 <= start <= end <= length for start, end in zip(one.starts, one.ends, strict=True))
    assert len(one.ids) == len(one.marks) == len(one.labels) == len(one.starts)


def test_its_scores_have_a_row_for_every_number_and_a_column_for_every_piece() -> None:
    one = read_text(CLAIM + " " + YEAR)
    scores = PaperScores(one, make_cast("", 0, [], {}))
    assert scores.kinds.shape == (2, len(KINDS))
    assert scores.pair.shape == (2, 2 * len(SLOTS), len(one.ids))
    assert KINDS[scores.kinds[0].argmax()] == "speedup"
    assert KINDS[scores.kinds[1].argmax()] == "none"


def test_it_is_not_asked_where_no_number_may_be_a_claim(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: Reading) -> None:
        raise AssertionError("asked")

    monkeypatch.setattr(evidence, "run", refuse)
    assert extractors.load().extract(TITLE, PLAIN + YEAR).claims == ()
    with pytest.raises(AssertionError, match="asked"):
        extractors.load().extract(TITLE, CLAIM)


def test_the_same_paper_alone_and_among_others_is_the_same() -> None:
    alone = asdict(extractors.load().extract(TITLE, CLAIM))
    others = [("", YEAR), (TITLE, CLAIM), ("Long", CLAIM * 30)]
    assert asdict(extractors.load().extract_many(others)[1]) == alone


def test_fast_does_without_it() -> None:
    code = (
        "import sys, extractors;"
        f"claims = extractors.load(fast=True).extract({TITLE!r}, {CLAIM!r}).claims;"
        "assert [claim.span for claim in claims] == ['2.3x'];"
        "assert not {'onnxruntime', 'tokenizers'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_what_was_read_fast_is_told_apart() -> None:
    assert extractors.version() == extractors.EXTRACTOR_VERSION
    assert extractors.version(fast=True) == f"{extractors.EXTRACTOR_VERSION}+fast"
