"""Which records are one paper, and which text of it counts."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.warehouse.making import claim, load, paper
from warehouse import Loaded, Warehouse
from warehouse.identity import Identities

OLD = claim("It is 2x faster.", "2x", value=2.0)
NEW = claim("It is 3x faster.", "3x", value=3.0)


def shown(warehouse: Warehouse) -> list[str]:
    return warehouse.query("SELECT span FROM claims ORDER BY span")["span"].to_list()


def count(warehouse: Warehouse, table: str) -> int:
    return int(warehouse.query(f"SELECT count(*) AS n FROM {table}")["n"][0])


@pytest.mark.parametrize(
    ("first", "second", "papers"),
    [
        ({}, {}, 1),
        ({"title": "Paged Attention"}, {"title": "  paged ATTENTION!"}, 1),
        ({"arxiv_id": "2309.06180v1"}, {"arxiv_id": "arXiv:2309.06180v2", "title": "Renamed"}, 1),
        ({"doi": "10.1145/3600006"}, {"doi": "https://doi.org/10.1145/3600006", "title": "Renamed"}, 1),
        ({"arxiv_id": "2309.06180"}, {"doi": "10.48550/arXiv.2309.06180", "title": "Renamed"}, 1),
        ({"arxiv_id": "2309.06180"}, {}, 1),
        ({}, {"arxiv_id": "2309.06180"}, 1),
        ({"arxiv_id": "2309.06180"}, {"doi": "10.1145/3600006"}, 1),
        ({"arxiv_id": "2309.06180"}, {"arxiv_id": "2401.00001"}, 2),
        ({"doi": "10.1145/1"}, {"doi": "10.1145/2"}, 2),
        ({"arxiv_id": "2309.06180", "doi": "10.1145/1"}, {"arxiv_id": "2401.00001", "doi": "10.1145/1"}, 2),
        ({"title": ""}, {"title": ""}, 1),
        ({"title": ""}, {"title": "", "abstract": "Another text."}, 2),
    ],
)
def test_papers_are_one_by_arxiv_id_else_doi_else_title(
    warehouse: Warehouse, first: dict[str, Any], second: dict[str, Any], papers: int
) -> None:
    load(warehouse, paper(**{"title": "Paged Attention"} | first))
    load(warehouse, paper(**{"title": "Paged Attention", "source": "elsewhere"} | second))

    assert count(warehouse, "papers") == papers
    assert count(warehouse, "sightings") == 2


def test_the_id_of_first_sight_stays_and_claims_follow_it(warehouse: Warehouse) -> None:
    load(warehouse, paper("Paged Attention", OLD))
    before = warehouse.query("SELECT paper_id, claim_id FROM claims").rows()

    load(warehouse, paper("Paged Attention", OLD, arxiv_id="2309.06180", source="arxiv"), version="2")
    load(warehouse, paper("Renamed", OLD, arxiv_id="2309.06180", source="arxiv"), version="2")

    assert warehouse.query("SELECT paper_id, claim_id FROM claims").rows() == before
    assert count(warehouse, "papers") == 1


def test_claims_come_from_the_first_text(warehouse: Warehouse) -> None:
    load(warehouse, paper("Paged Attention", OLD))

    assert load(warehouse, paper("Paged Attention", NEW, source="elsewhere")) == Loaded(known=1, sightings=1)
    assert shown(warehouse) == ["2x"]


def test_until_the_same_source_brings_a_newer_version(warehouse: Warehouse) -> None:
    first = paper("Paged Attention", OLD, arxiv_id="2309.06180v1", arxiv_version=1)
    second = paper("Paged Attention", NEW, arxiv_id="2309.06180v2", arxiv_version=2)
    load(warehouse, first)

    assert load(warehouse, second) == Loaded(changed=1, sightings=1, claims=1)
    assert shown(warehouse) == ["3x"]
    assert load(warehouse, first, version="2") == Loaded(known=1)  # read anew, but it is not the text that is shown
    assert shown(warehouse) == ["3x"]


def test_an_older_version_that_comes_later_is_not_newer(warehouse: Warehouse) -> None:
    load(warehouse, paper("Paged Attention", NEW, arxiv_id="2309.06180", arxiv_version=2))
    load(warehouse, paper("Paged Attention", OLD, arxiv_id="2309.06180", arxiv_version=1))
    assert shown(warehouse) == ["3x"]


def test_one_batch_or_many_give_the_same_rows(warehouse: Warehouse, tmp_path: Any) -> None:
    papers = [
        paper("Paged Attention", OLD),
        paper("Paged Attention", NEW),
        paper("Paged Attention", OLD, source="elsewhere", arxiv_id="2309.06180"),
        paper("Speculation", NEW, arxiv_id="2211.17192"),
    ]
    load(warehouse, *papers)
    one_by_one = Warehouse(tmp_path / "other.duckdb")
    for each in papers:
        load(one_by_one, each)

    for table in ("papers", "claims", "identifiers", "ledger", "sightings"):
        query = f"SELECT COLUMNS(c -> c <> 'run_id') FROM {table} ORDER BY ALL".replace("c ->", "lambda c:")
        assert warehouse.query(query).equals(one_by_one.query(query)), table


KEYS = st.lists(
    st.tuples(st.sampled_from(["arxiv", "doi", "title"]), st.sampled_from("abc")), min_size=1, max_size=3, unique=True
)


@settings(deadline=None)
@given(st.lists(KEYS, max_size=12))
def test_no_arxiv_id_or_doi_ever_belongs_to_two_papers(records: list[list[tuple[str, str]]]) -> None:
    identities = Identities.of([])
    for number, keys in enumerate(records):
        identities.resolve(sorted(dict(keys).items()), f"new {number}")

    unique = [(scheme, value) for scheme, value, _ in identities.added if scheme != "title"]
    assert len(unique) == len(set(unique))
