"""The sample papers of the demo."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

from flows.readers import read
from schemas.records import CLAIM_TYPES, CODE_STATUSES, Paper
from tests.conftest import SAMPLES
from warehouse import Warehouse


def test_at_least_twenty_papers_that_differ() -> None:
    papers = [paper for paper in read(str(SAMPLES)) if isinstance(paper, Paper)]
    assert len(papers) >= 20
    assert len({paper.title for paper in papers}) == len({paper.id for paper in papers}) == len(papers)


def test_each_has_an_address_and_a_date() -> None:
    for line in SAMPLES.open(encoding="utf-8"):
        paper = json.loads(line)
        assert paper["url"].startswith("https://")
        assert datetime.date.fromisoformat(paper["published"])


def test_they_show_every_claim_type_and_code_status(sample_database: Path) -> None:
    warehouse = Warehouse(sample_database)
    assert set(warehouse.query("SELECT DISTINCT type FROM claims")["type"]) == set(CLAIM_TYPES)
    assert set(warehouse.query("SELECT DISTINCT code FROM papers")["code"]) == set(CODE_STATUSES)
