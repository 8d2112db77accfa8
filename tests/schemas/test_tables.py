"""Each check rejects the row that fails it, says why, and lets the rest through."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import polars as pl
import pytest

from schemas.frames import Frames, to_frames
from schemas.records import Claim, Entities, Extraction, Link, Paper
from schemas.tables import ShapeError, validate

TEXT = "Medusa is 2.2x faster. Code: https://github.com/FasterDecoding/Medusa"
URL = "https://github.com/FasterDecoding/Medusa"
PAPER = Paper(title="Medusa", abstract=TEXT, source="a.jsonl", record="line 7")
CLAIM = Claim("speedup", 2.2, "x", "2.2x", 10, 14, "abstract", sentence="Medusa is 2.2x faster.", direction="higher")
LINK = Link(URL, "code", "FasterDecoding/Medusa", span=URL, start=29, end=len(TEXT), field="abstract")


def checked(paper: Paper = PAPER, claims: Any = (), links: Any = (), entities: Any = ()) -> tuple[Frames, list[str]]:
    extraction = Extraction(claims=tuple(claims), links=tuple(links), entities=Entities(models=tuple(entities)))
    good, rejects = validate(to_frames([(paper, extraction)]))
    for reject in rejects:
        assert (reject.source, reject.place) == ("a.jsonl", "line 7")
        assert reject.reason
    return good, [reject.check_name for reject in rejects]


def test_good_rows_pass() -> None:
    good, failed = checked(claims=[CLAIM], links=[LINK], entities=["Medusa"])
    assert failed == []
    assert (good.papers.height, good.claims.height, good.links.height, good.entities.height) == (1, 1, 1, 1)


@pytest.mark.parametrize(
    ("change", "check"),
    [
        ({"type": "speed"}, "type"),
        ({"qualifier": "roughly"}, "qualifier"),
        ({"direction": "sideways"}, "direction"),
        ({"span": "2.3x"}, "span_at_offsets"),
        ({"start": 11}, "span_at_offsets"),
        ({"start": 14, "end": 10}, "span_at_offsets"),
        ({"start": -4, "end": 0}, "span_start"),
        ({"end": 9999}, "span_at_offsets"),
        ({"field": "title"}, "span_at_offsets"),
        ({"sentence": "Another sentence."}, "sentence_holds_span"),
        ({"value": float("inf")}, "numbers_finite"),
        ({"value": float("nan")}, "value"),
        ({"value_max": 2.1}, "range_ordered"),
        ({"unit": ""}, "unit_fits_type"),
        ({"type": "model_size", "direction": None}, "unit_fits_type"),
        ({"type": "dataset_size", "direction": None}, "unit_fits_type"),
        ({"type": "measurement", "direction": None}, "unit_fits_type"),
        ({"type": "score", "unit": "params", "direction": None}, "unit_fits_type"),
        ({"type": "score", "unit": ""}, "direction_fits_type"),
        ({"unit": "ms", "relative": "by"}, "relative_fits_type"),
        ({"factor": 0.0}, "factor_plausible"),
        ({"factor": -2.0}, "factor_plausible"),
        ({"type": "improvement", "factor": 2.0}, "factor_plausible"),
        ({"value": -2.2}, "change_plausible"),
        ({"value": 1e13}, "change_plausible"),
        ({"value": -1e13, "type": "score", "unit": "%", "direction": None}, "percentage_plausible"),
        ({"type": "model_size", "unit": "params", "value": 0.5, "direction": None}, "size_plausible"),
        ({"type": "dataset_size", "unit": "images", "value": 1e19, "direction": None}, "size_plausible"),
        ({"base_value": 1.0}, "base_value_complete"),
        ({"confidence": 1.1}, "confidence"),
        ({"metric": "m" * 1001}, "names_bounded"),
        ({"baseline": ("b" * 1001,)}, "names_bounded"),
    ],
)
def test_a_claim_that_cannot_be_is_rejected(change: dict[str, Any], check: str) -> None:
    good, failed = checked(claims=[replace(CLAIM, **change)])
    assert failed[0] == f"claim.{check}"
    assert len(failed) == 1
    assert good.claims.is_empty()
    assert good.papers.height == 1


@pytest.mark.parametrize(
    "change",
    [
        {"type": "improvement", "unit": "%", "value": 250.0, "direction": "higher"},
        {"type": "score", "unit": "", "value": -0.256, "direction": None},
        {"type": "score", "unit": "%", "value": 108.8, "direction": None},
        {"type": "score", "unit": "dB", "direction": None},
        {"unit": "%", "value": 99.9, "direction": "lower", "relative": "by", "factor": 1000.0},
        {"unit": "%", "value": 150.0, "direction": "lower", "relative": "by", "factor": None},
        {"unit": "s", "value": 5.64, "direction": "lower"},
        {"type": "measurement", "unit": "", "direction": None},
        {"type": "measurement", "unit": "ms", "direction": None, "baseline_value": 3.0, "factor": 0.7},
        {"type": "dataset_size", "unit": "hours", "value": 0.5, "direction": None},
        {"factor": 0.0213, "good": False},
        {"value_max": 2.2},
    ],
)
def test_a_claim_that_is_only_unusual_passes(change: dict[str, Any]) -> None:
    assert checked(claims=[replace(CLAIM, **change)])[1] == []


def test_the_first_of_two_equal_claims_stays() -> None:
    good, failed = checked(claims=[CLAIM, CLAIM, replace(CLAIM, value=2.3)])
    assert failed == ["claim.claim_new"]
    assert good.claims["value"].to_list() == [2.2, 2.3]


@pytest.mark.parametrize(
    ("change", "check"),
    [
        ({"url": "javascript:alert(1)", "repo": None}, "url_on_the_web"),
        ({"url": 'https://x.org/"><script>', "repo": None}, "url_on_the_web"),
        ({"url": "https://x.org/" + "a" * 2000, "repo": None}, "url"),
        ({"repo": "FasterDecoding/Other"}, "repo_matches_url"),
        ({"repo": "Medusa"}, "repo_matches_url"),
        ({"role": "fun"}, "role"),
        ({"span": "https://"}, "span_at_offsets"),
        ({"origin": "source"}, "span_at_offsets"),
        ({"span": None, "start": None, "end": None, "field": None}, "span_at_offsets"),
    ],
)
def test_a_link_that_cannot_be_is_rejected(change: dict[str, Any], check: str) -> None:
    good, failed = checked(links=[replace(LINK, **change)])
    assert failed == [f"link.{check}"]
    assert good.links.is_empty()


@pytest.mark.parametrize(
    ("change", "check"),
    [
        ({"abstract": " \n"}, "abstract_present"),
        ({"abstract": "a" * 100_001}, "text_bounded"),
        ({"title": "a" * 100_001}, "text_bounded"),
        ({"published": "0001-01-01"}, "date_plausible"),
        ({"arxiv_version": 0}, "arxiv_version"),
        ({"title": "\ud800"}, "utf8"),
    ],
)
def test_a_paper_that_cannot_be_is_rejected(change: dict[str, Any], check: str) -> None:
    good, failed = checked(replace(PAPER, **change))
    assert failed == [f"paper.{check}"]
    assert good.papers.is_empty()


def test_what_belongs_to_a_rejected_paper_is_rejected_with_it() -> None:
    good, failed = checked(replace(PAPER, title="a" * 100_001), claims=[CLAIM], links=[LINK], entities=["Medusa"])
    assert failed == ["paper.text_bounded", "claim.of_good_paper", "link.of_good_paper", "entity.of_good_paper"]
    assert good.claims.is_empty()
    assert good.entities.is_empty()


def test_a_reject_shows_the_record_and_every_reason() -> None:
    bad = replace(CLAIM, span="9x", confidence=2.0)
    _, (reject,) = validate(to_frames([(PAPER, Extraction(claims=(bad,)))]))
    record = json.loads(reject.record)
    assert (record["span"], record["confidence"], record["baseline"]) == ("9x", 2.0, [])
    assert reject.reason.count(";") == 2


def test_a_bad_row_takes_no_neighbour_along() -> None:
    papers = [
        (replace(PAPER, title=f"Paper {n}"), Extraction(claims=(CLAIM, replace(CLAIM, value=3.0)))) for n in range(9)
    ]
    papers[4] = (papers[4][0], Extraction(claims=(replace(CLAIM, span="?"), replace(CLAIM, value=3.0))))
    good, rejects = validate(to_frames(papers))
    assert (len(rejects), good.claims.height) == (1, 17)


def test_a_batch_of_the_wrong_shape_stops_with_an_error() -> None:
    frames = to_frames([(PAPER, Extraction(claims=(CLAIM,)))])
    missing = Frames(frames.papers, frames.claims.drop("unit"), frames.links, frames.entities)
    with pytest.raises(ShapeError, match="claims has the wrong shape: unit is None, not String"):
        validate(missing)
    mistyped = frames.claims.with_columns(pl.col("own").cast(pl.String))
    with pytest.raises(ShapeError, match="own is String, not Boolean"):
        validate(Frames(frames.papers, mistyped, frames.links, frames.entities))
    more = frames.papers.with_columns(more=pl.lit(1))
    with pytest.raises(ShapeError, match="more is Int32, not None"):
        validate(Frames(more, frames.claims, frames.links, frames.entities))
