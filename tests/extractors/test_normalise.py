"""Claims become comparable: relative, good, factor and base values as the guidelines define them."""

from __future__ import annotations

import json
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.normalise import POLARITY_FILE, metric_better, normalise
from schemas.records import CLAIM_TYPES, Claim

GOLD = Path(__file__).parents[2] / ".." / "shared" / "gold"


def claim(value: float, unit: str, direction: Any, metric: str | None = None, **changes: Any) -> Claim:
    base: dict[str, Any] = {"type": "efficiency", "span": str(value), "start": 0, "end": 1, "field": "abstract"}
    return Claim(value=value, unit=unit, direction=direction, metric=metric, **(base | changes))


@pytest.mark.parametrize(
    ("value", "unit", "direction", "relative", "metric", "good", "factor"),
    [
        (2.5, "x", "higher", "by", "speed", True, 2.5),
        (7.3, "x", "lower", "by", "latency", True, 7.3),
        (60, "%", "lower", "by", "time per output token", True, 2.5),
        (95, "%", "lower", "by", "visual tokens", True, 20),
        (100, "%", "lower", "by", "memory", True, None),
        (120, "%", "lower", "by", "memory", True, None),
        (30, "%", "higher", "by", "throughput", True, 1.3),
        (3, "%", "lower", "to", "data", True, 100 / 3),
        (0.72, "x", "lower", "to", "training time", True, 1 / 0.72),
        (150, "%", "higher", "to", "throughput", True, 1.5),
        (20, "%", "higher", "by", "memory", False, 1 / 1.2),
        (1.2, "x", "lower", "by", "speed", False, 1 / 1.2),
        (17, "x", "higher", "by", "latency", False, 1 / 17),
    ],
)
def test_changes(
    value: float, unit: str, direction: str, relative: Any, metric: str, good: bool, factor: float | None
) -> None:
    result = normalise(claim(value, unit, direction, metric, relative=relative))
    assert result.good is good
    assert result.factor == (factor if factor is None else pytest.approx(factor, rel=1e-5))


def test_what_is_left_of_a_multiple_below_one_is_the_default() -> None:
    assert normalise(claim(0.5, "x", "lower", "time")).relative == "to"
    assert normalise(claim(2, "x", "lower", "time")).relative == "by"
    assert normalise(claim(3, "%", "lower", "data")).relative == "by"


def test_an_absolute_saving_is_good_but_has_no_factor() -> None:
    result = normalise(claim(7, "W", "lower", "power consumption"))
    assert (result.relative, result.good, result.factor) == (None, True, None)


@pytest.mark.parametrize(
    ("value", "baseline", "unit", "metric", "good", "factor"),
    [
        (2364, 533, "FPS", None, True, 4.43527),
        (14, 1890, "min", "training time", True, 135),
        (20, 10, "ms", None, False, 0.5),
        (44, 2, "%", "reasoning chains", None, None),
    ],
)
def test_pairs(value: float, baseline: float, unit: str, metric: str | None, good: Any, factor: float | None) -> None:
    result = normalise(claim(value, unit, None, metric, type="measurement", baseline_value=baseline))
    assert result.good is good
    assert result.factor == factor


def test_scores_and_improvements_have_no_factor() -> None:
    for kind in ("score", "improvement"):
        result = normalise(claim(5, "%", "higher", "accuracy", type=kind, baseline_value=4))
        assert (result.relative, result.good, result.factor) == (None, None, None)


def test_a_recognised_metric_decides_over_its_words() -> None:
    assert normalise(claim(2, "x", "higher", "data", relative="by"), better="higher").good is True
    assert normalise(claim(2, "x", "higher", "data", relative="by")).good is False


@pytest.mark.parametrize(
    ("value", "unit", "kind", "base_value", "base_unit"),
    [
        (1.6, "ms", "measurement", 0.0016, "s"),
        (8.19, "GB", "measurement", 8.19e9, "bytes"),
        (225, "TFLOPS", "measurement", 2.25e14, "FLOPS"),
        (30, "tokens/s", "measurement", 30, "tokens/s"),
        (7e9, "params", "model_size", 7e9, "params"),
        (1649, "prompts", "dataset_size", 1649, "prompts"),
        (83.1, "", "score", 83.1, ""),
        (20, "°C", "measurement", 293.15, "K"),
        (20, "°C", "efficiency", 20, "K"),
    ],
)
def test_base_units(value: float, unit: str, kind: Any, base_value: float, base_unit: str) -> None:
    result = normalise(claim(value, unit, None, type=kind))
    assert result.base_value == pytest.approx(base_value)
    assert result.base_unit == base_unit


def polarity_examples() -> list[str]:
    with POLARITY_FILE.open("rb") as file:
        data = tomllib.load(file)
    return [*data["whole"]["examples"], *data["head"]["examples"]]


@pytest.mark.parametrize("example", polarity_examples())
def test_polarity_examples(example: str) -> None:
    metric, _, better = example.rpartition(": ")
    assert metric_better(metric) == better


def test_unknown_metrics_have_no_polarity() -> None:
    assert metric_better("state") is None
    assert metric_better(None) is None
    assert metric_better("") is None


@given(
    value=st.floats(allow_nan=False, allow_infinity=False),
    baseline=st.none() | st.floats(allow_nan=False, allow_infinity=False),
    unit=st.sampled_from(["x", "%", "points", "ms", "", "videos", "tokens/s"]),
    kind=st.sampled_from(CLAIM_TYPES),
    direction=st.sampled_from(["higher", "lower", None]),
    relative=st.sampled_from(["by", "to", None]),
    metric=st.none() | st.text(max_size=30),
)
def test_any_claim_has_a_sound_normal_form(
    value: float, baseline: float | None, unit: str, kind: Any, direction: Any, relative: Any, metric: str | None
) -> None:
    given_claim = claim(value, unit, direction, metric, type=kind, baseline_value=baseline, relative=relative)
    result = normalise(given_claim)
    assert result.factor is None or 0 < result.factor < float("inf")
    assert (result.relative is not None) == (kind in ("speedup", "efficiency") and unit in ("x", "%"))
    assert normalise(result) == result
    untouched = {"relative": relative, "good": None, "factor": None, "base_value": None, "base_unit": None}
    assert replace(result, **untouched) == given_claim


@pytest.mark.parametrize("name", ["dev", "train"])
def test_agrees_with_gold(name: str) -> None:
    file = GOLD / f"{name}.jsonl"
    if not file.exists():
        pytest.skip("the gold files are not beside this checkout (../shared/gold)")
    right = total = 0
    for line in file.read_text(encoding="utf-8").splitlines():
        for gold in json.loads(line)["claims"]:
            if gold["type"] not in ("speedup", "efficiency"):
                continue
            slots = {key: gold[key] for key in ("type", "value_max", "baseline_value", "relative")}
            result = normalise(claim(gold["value"], gold["unit"], gold["direction"], gold["metric"], **slots))
            total += 1
            right += result.good == gold["good"] and (
                result.factor == gold["factor"] or result.factor == pytest.approx(gold["factor"], rel=0.005)
            )
    assert right / total >= 0.97
