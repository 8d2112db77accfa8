"""Annotations without texts: packing a paper and joining it with its text again changes nothing."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

from extractors import standoff

TITLE = "Quokka: Fast Attention"
ABSTRACT = "Quokka is 2.3x faster than Wombat on an A100. Code: github.com/quokka/quokka."


def paper() -> dict[str, Any]:
    claim = {
        "type": "speedup",
        "value": 2.3,
        "value_max": None,
        "baseline_value": None,
        "unit": "x",
        "qualifier": "exact",
        "direction": "higher",
        "metric": "speed",
        "subject": "Quokka",
        "baseline": ["Wombat"],
        "benchmark": [],
        "hardware": ["A100"],
        "own": True,
        "span": "2.3x",
        "start": ABSTRACT.index("2.3x"),
        "end": ABSTRACT.index("2.3x") + 4,
        "in": "abstract",
    }
    link = {"url": "https://github.com/quokka/quokka", "span": "github.com/quokka/quokka", "role": "code"}
    entities = {"benchmarks": [], "models": ["Quokka", "Wombat"], "hardware": ["A100"]}
    fields = {"claims": [claim], "links": [link], "code": "released", "entities": entities}
    return {"id": "quokka", "title": TITLE, "abstract": ABSTRACT, **fields}


def test_round_trip() -> None:
    packed = standoff.standoff(paper())
    restored = standoff.restore(json.loads(json.dumps(packed)), TITLE, ABSTRACT)
    assert restored is not None
    assert restored["claims"] == paper()["claims"]
    assert restored["entities"] == paper()["entities"]
    assert restored["links"][0]["span"] == "github.com/quokka/quokka"


def test_packed_form_holds_no_phrase_that_the_text_holds() -> None:
    packed = json.dumps(standoff.standoff(paper()))
    assert "Quokka" not in packed
    assert "Wombat" not in packed


def test_another_text_is_refused() -> None:
    assert standoff.restore(standoff.standoff(paper()), TITLE, ABSTRACT + " More.") is None


def test_the_file_of_the_package_is_readable_and_holds_no_text() -> None:
    with gzip.open(standoff.FILE, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    assert len(rows) == len({row["id"] for row in rows}) > 3000
    assert all(row.keys() == {"id", "text", "claims", "links", "code", "entities"} for row in rows)


def test_papers_are_joined_with_a_file_of_abstracts(tmp_path: Path, monkeypatch: Any) -> None:
    packed = tmp_path / "packed.jsonl.gz"
    packed.write_bytes(gzip.compress(json.dumps(standoff.standoff(paper())).encode()))
    monkeypatch.setattr(standoff, "FILE", packed)
    abstracts = tmp_path / "abstracts.jsonl"
    rows = [{"id": "other", "title": "A", "abstract": "B"}, {"id": "quokka", "title": TITLE, "abstract": ABSTRACT}]
    abstracts.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    assert [found["id"] for found in standoff.annotated(abstracts)] == ["quokka"]
