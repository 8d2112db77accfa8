"""The evaluation counts what the guidelines say, and agrees with the gold data's own script to the last digit."""

from __future__ import annotations

import copy
import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from extractors.agreement import SLOTS, pair_claims, same_name, same_names, slot_agrees
from extractors.evaluation import evaluate, fold_of

GOLD = Path(__file__).parents[2] / ".." / "shared" / "gold"
TEXT = "Whisker decodes 2x faster than vLLM on an A100."


def claim(**changes: Any) -> dict[str, Any]:
    base = {
        "type": "speedup",
        "value": 2,
        "value_max": None,
        "baseline_value": None,
        "unit": "x",
        "qualifier": "exact",
        "direction": "higher",
        "metric": "speed",
        "subject": "Whisker",
        "baseline": ["vLLM"],
        "benchmark": [],
        "hardware": ["A100"],
        "own": True,
        "span": "2x",
        "start": 16,
        "end": 18,
        "in": "abstract",
        "factor": 2,
    }
    return base | changes


def paper(**changes: Any) -> dict[str, Any]:
    base = {
        "id": "whisker",
        "title": "Whisker",
        "abstract": TEXT,
        "claims": [claim()],
        "links": [],
        "code": "none",
        "entities": {"models": ["Whisker", "vLLM"], "benchmarks": [], "hardware": ["A100"]},
    }
    return base | changes


def test_perfect_prediction() -> None:
    report = evaluate([paper()], [paper()])
    assert report.found.f1 == report.typed.f1 == report.whole.f1 == 1
    assert report.figures()["code_accuracy"] == 1
    assert report.differences == ()


def test_a_missed_and_an_invented_claim() -> None:
    report = evaluate([paper()], [paper(claims=[claim(start=0, end=2)])])
    assert (report.found.right, report.found.predicted, report.found.gold) == (0, 1, 1)
    assert [difference.kind for difference in report.differences] == ["MISS", "EXTRA"]


def test_a_wrong_type_is_found_but_not_typed() -> None:
    report = evaluate([paper()], [paper(claims=[claim(type="efficiency")])])
    assert (report.found.right, report.typed.right, report.whole.right) == (1, 0, 0)


def test_a_wrong_slot_is_typed_but_not_whole() -> None:
    report = evaluate([paper()], [paper(claims=[claim(subject="vLLM")])])
    assert (report.typed.right, report.whole.right) == (1, 0)
    assert report.slots["subject"] == 0
    assert report.slots["metric"] == 1
    assert "subject: 'Whisker' taken for 'vLLM'" in report.errors_to_text()


def test_papers_match_by_title_where_ids_differ() -> None:
    assert evaluate([paper()], [paper(id="other", title=" Whisker ")]).found.right == 1
    missing = evaluate([paper()], [])
    assert missing.missing_papers == 1
    assert missing.found.recall == 0


def test_two_answers_to_one_paper_are_an_error() -> None:
    with pytest.raises(ValueError, match="2 predicted papers answer"):
        evaluate([paper()], [paper(), paper()])


def test_garbage_counts_as_wrong_and_never_raises() -> None:
    report = evaluate([paper()], [paper(claims=[None, {}, claim(value="two"), claim(start=None)], code=None)])
    assert report.found.right == 0
    assert report.found.predicted == 4


def test_links_that_the_source_declares_are_not_scored() -> None:
    link = {"url": "https://github.com/a/b", "role": "code", "repo": "a/b", "released": True}
    report = evaluate([paper(links=[link])], [paper(links=[link | {"url": "http://www.github.com/A/B/"}])])
    assert report.figures()["link_f1"] == 1
    report = evaluate([paper()], [paper(links=[link | {"origin": "source"}])])
    assert report.links.predicted == 0


def test_pairs_prefer_the_same_type() -> None:
    gold = [claim(type="efficiency"), claim()]
    assert sorted(pair_claims(gold, [claim(), claim(type="efficiency")])) == [(0, 1), (1, 0)]


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("NVIDIA A100 GPU", "A100", True),
        ("top-1 accuracy", "accuracy", True),
        ("LLaMA-7B", "LLaMA-13B", False),
        ("latency", "throughput", False),
        (None, "", True),
        ("speed", None, False),
    ],
)
def test_names(a: str | None, b: str | None, same: bool) -> None:
    assert same_name(a, b) is same


def test_lists_of_names_have_no_order() -> None:
    assert same_names(["vLLM", "SGLang"], ["SGLang", "vLLM"])
    assert not same_names(["vLLM"], ["vLLM", "SGLang"])


def test_units_have_several_spellings() -> None:
    assert slot_agrees("unit", claim(unit="seconds"), claim(unit="s"), TEXT)
    assert not slot_agrees("unit", claim(unit="%"), claim(unit="points"), TEXT)


def test_folds_are_stable_and_cover_all() -> None:
    assert fold_of("seq2sql") == fold_of("seq2sql")
    assert {fold_of(str(i)) for i in range(100)} == {0, 1, 2, 3, 4}
    assert fold_of("a", n=1) == 0


def test_report_as_text_and_json() -> None:
    report = evaluate([paper()], [paper()])
    assert json.loads(report.to_json()) == report.figures()
    assert "claim_f1                 1.0" in report.to_text()


def perturbed(gold: list[dict[str, Any]], seed: int) -> list[dict[str, Any]]:
    """Predictions made from gold by dropping, moving and spoiling things at random."""
    rng = random.Random(seed)
    papers = copy.deepcopy([p for p in gold if rng.random() > 0.05])
    others = [c for p in gold for c in p["claims"]]
    for p in papers:
        p["claims"] = [c for c in p["claims"] if rng.random() > 0.1]
        for c in p["claims"]:
            for key in rng.sample(["type", "value", "start", "end", *SLOTS], k=rng.choice([0, 0, 1, 2])):
                c[key] = rng.choice(others).get(key)
            if rng.random() < 0.05:
                c.pop(rng.choice(["value", "metric", "unit", "baseline", "span"]))
        p["claims"] += [copy.deepcopy(c) for c in p["claims"] if rng.random() < 0.1]
        p["links"] = [k | {"role": rng.choice(["code", k["role"]])} for k in p["links"] if rng.random() > 0.1]
        p["code"] = rng.choice(["none", p["code"], p["code"]])
        for kind in p["entities"]:
            p["entities"][kind] = [e for e in p["entities"][kind] if rng.random() > 0.2] + ["Whisker"] * rng.choice(
                [0, 1]
            )
        if rng.random() < 0.1:
            p["id"] = "unknown"
    return papers


@pytest.mark.parametrize(("name", "seed"), [("dev", 1), ("dev", 2), ("train", 3)])
def test_agrees_with_the_gold_script(name: str, seed: int, tmp_path: Path) -> None:
    gold_file, script = GOLD / f"{name}.jsonl", GOLD / "score.py"
    if not gold_file.exists() or not script.exists():
        pytest.skip("the gold files are not beside this checkout (../shared/gold)")
    gold = [json.loads(line) for line in gold_file.read_text(encoding="utf-8").splitlines() if line.strip()]
    predicted = perturbed(gold, seed)
    predicted_file = tmp_path / "predicted.jsonl"
    predicted_file.write_text("".join(json.dumps(p) + "\n" for p in predicted), encoding="utf-8")
    theirs = subprocess.run(
        [sys.executable, str(script), str(gold_file), str(predicted_file), "--json"],
        capture_output=True,
        text=True,
        check=True,
    )
    ours = evaluate(gold, predicted)
    assert json.loads(ours.to_json()) == json.loads(theirs.stdout)
    assert 0 < ours.whole.f1 < ours.typed.f1 < 1
