"""Identifiers have one normal form, and content has one hash."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.identifiers import arxiv_id_of_doi, content_hash, folded_title, normal_arxiv_id, normal_doi


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2309.06180", "2309.06180"),
        ("2309.06180v2", "2309.06180"),
        (" arXiv:2309.06180v12 ", "2309.06180"),
        ("hep-th/9901001v3", "hep-th/9901001"),
        ("math.GT/0309136", "math.gt/0309136"),
        ("https://arxiv.org/abs/2309.06180", None),
        ("", None),
        (None, None),
    ],
)
def test_arxiv_ids_lose_their_version(text: str | None, expected: str | None) -> None:
    assert normal_arxiv_id(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10.1145/3600006.3613165", "10.1145/3600006.3613165"),
        ("https://doi.org/10.1145/ABC", "10.1145/abc"),
        ("doi: 10.1145/1", "10.1145/1"),
        ("n/a", None),
        ("10.1145", None),
        (None, None),
    ],
)
def test_dois_lose_their_resolver(text: str | None, expected: str | None) -> None:
    assert normal_doi(text) == expected


def test_arxivs_own_dois_tell_the_arxiv_id() -> None:
    assert arxiv_id_of_doi(normal_doi("10.48550/arXiv.2309.06180")) == "2309.06180"
    assert arxiv_id_of_doi("10.1145/1") is None


def test_titles_fold_case_width_space_and_punctuation() -> None:
    assert (
        folded_title("  Ｐaged-Attention:\tﬁne  ") == folded_title("paged attention — FINE") == "paged attention fine"
    )


@settings(deadline=None)
@given(st.text(), st.text())
def test_folding_twice_changes_nothing_more(a: str, b: str) -> None:
    assert folded_title(folded_title(a)) == folded_title(a)
    assert (content_hash(a) == content_hash(b)) == (a == b)


def test_parts_do_not_run_together() -> None:
    assert len({content_hash("a", "b"), content_hash("ab", ""), content_hash("ab"), content_hash("ab", None)}) == 4
