"""The checks reject no true claim: all annotated claims pass them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from schemas.frames import to_frames
from schemas.records import Claim, Extraction, Link, Paper
from schemas.tables import validate

GOLD = Path(__file__).parents[3] / "shared" / "gold" / "train.jsonl"


def annotated(line: str) -> tuple[Paper, Extraction]:
    record = json.loads(line)
    claims = []
    for gold in record["claims"]:
        slots = {key: gold[key] for key in gold if key not in ("context", "in")}
        slots |= {key: tuple(gold[key]) for key in ("baseline", "benchmark", "hardware")}
        claims.append(Claim(**slots, field=gold["in"], sentence=gold["context"]))
    text = record["title"] + "\n" + record["abstract"]
    assert text
    links = []
    for gold in record["links"]:
        field = "abstract" if gold["span"] in record["abstract"] else "title"
        start = record[field].find(gold["span"])
        links.append(Link(**gold | {"start": start, "end": start + len(gold["span"]), "field": field}))
    paper = Paper(title=record["title"], abstract=record["abstract"], published=record["date"], url=record["url"])
    return paper, Extraction(claims=tuple(claims), links=tuple(links), code=record["code"])


@pytest.mark.skipif(not GOLD.exists(), reason="the annotated papers (shared/gold) are not beside this checkout")
def test_no_annotated_claim_is_rejected() -> None:
    with GOLD.open(encoding="utf-8") as lines:
        papers = [annotated(line) for line in lines]
    frames = to_frames(papers)

    good, rejects = validate(frames)

    assert rejects == []
    assert good.claims.height == sum(len(extraction.claims) for _, extraction in papers) == 2444
