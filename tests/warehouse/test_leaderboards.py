"""What the leaderboards show, in what order, and what they answer where nothing matches."""

from __future__ import annotations

import datetime
from typing import Any

import polars as pl
import pytest

from tests.warehouse.making import Entities, claim, code_link, load, paper
from warehouse import Warehouse
from warehouse.errors import NoMatch
from warehouse.leaderboards import Filters, leaderboards


def speedup(subject: str | None, factor: float, **slots: Any) -> tuple[str, str, dict[str, Any]]:
    name = subject or "Our system"
    slots = {"direction": "higher", "relative": "by", "good": True, "metric": "throughput"} | slots
    span = f"{factor:g}x"
    return claim(f"{name} is {span} faster.", span, value=factor, factor=factor, subject=subject, **slots)


def score(subject: str, value: float, benchmark: str, metric: str = "accuracy", **slots: Any) -> Any:
    facts = {"type": "score", "unit": "%", "metric": metric, "metric_id": metric, "metric_better": "higher"} | slots
    facts |= {"benchmark": (benchmark,), "benchmark_ids": (benchmark,)}
    return claim(f"{subject} reaches {value:g} on {benchmark}.", f"{value:g}", value=value, subject=subject, **facts)


def size(subject: str, value: float) -> Any:
    text = f"{value / 1e9:g}B"
    return claim(f"{subject} has {text}.", text, type="model_size", value=value, unit="params", subject=subject)


def shown(frame: pl.DataFrame, *columns: str) -> list[tuple[Any, ...]]:
    return frame.select(columns).rows()


def test_one_row_a_subject_with_its_best_claim_and_how_many_papers_back_it(warehouse: Warehouse) -> None:
    load(
        warehouse,
        paper("vLLM", speedup("vLLM", 4.0), speedup("vLLM", 2.0)),
        paper("A study", speedup("VLLM", 3.0)),
        paper("Medusa", speedup("Medusa", 2.5)),
    )
    board = warehouse.leaderboard("speedups")
    assert shown(board, "place", "subject", "factor", "paper_count") == [(1, "vLLM", 4.0, 2), (2, "Medusa", 2.5, 1)]


def test_ties_share_a_place_and_missing_baselines_are_said(warehouse: Warehouse) -> None:
    load(warehouse, paper("A", speedup("A", 2.0)), paper("B", speedup("B", 2.0, baseline=("vLLM",))))
    board = warehouse.leaderboard("speedups")
    assert shown(board, "place", "subject", "baselines") == [(1, "A", "not stated"), (1, "B", "vLLM")]


def test_a_subject_without_a_name_is_its_papers(warehouse: Warehouse) -> None:
    load(warehouse, paper("On speed", speedup(None, 2.0)), paper("On haste", speedup(None, 3.0)))
    assert warehouse.leaderboard("speedups")["subject"].to_list() == ["unnamed in: On haste", "unnamed in: On speed"]


def test_up_to_is_marked_and_can_be_left_out(warehouse: Warehouse) -> None:
    load(warehouse, paper("A", speedup("A", 9.0, qualifier="up_to"), speedup("A", 2.0)))
    assert shown(warehouse.leaderboard("speedups"), "claim", "up_to") == [("up to 9× higher", True)]
    assert shown(warehouse.leaderboard("speedups", Filters(no_up_to=True)), "claim", "up_to") == [("2× higher", False)]


def test_quoted_results_are_told_apart(warehouse: Warehouse) -> None:
    load(warehouse, paper("A", speedup("A", 2.0), speedup("Old", 9.0, own=False)))
    assert warehouse.leaderboard("speedups")["subject"].to_list() == ["A"]
    everything = warehouse.leaderboard("speedups", Filters(all_results=True))
    assert shown(everything, "subject", "own") == [("Old", False), ("A", True)]


def test_scores_rank_by_the_better_direction_of_the_metric(warehouse: Warehouse) -> None:
    lower = {"metric": "FID", "unit": "", "metric_better": "lower"}
    load(
        warehouse,
        paper("A", score("DiT", 2.27, "ImageNet", **lower), score("DiT", 80.0, "CIFAR-10")),
        paper("B", score("SiT", 2.06, "ImageNet", **lower), score("ViT", 99.5, "CIFAR-10")),
    )
    board = warehouse.leaderboard("scores")
    assert shown(board, "benchmark", "metric", "place", "subject") == [
        ("CIFAR-10", "accuracy", 1, "ViT"),
        ("CIFAR-10", "accuracy", 2, "DiT"),
        ("ImageNet", "FID", 1, "SiT"),
        ("ImageNet", "FID", 2, "DiT"),
    ]
    assert set(board["better"]) == {"higher", "lower"}


def test_of_a_claim_on_two_benchmarks_only_the_wanted_board_is_shown(warehouse: Warehouse) -> None:
    both = claim("It gets 80 on both.", "80", type="score", unit="%", value=80.0, metric="accuracy",
                 benchmark=("MMLU", "GSM8k"), benchmark_ids=("MMLU", "GSM8K"))  # fmt: skip
    load(warehouse, paper("A", both, score("B", 81.0, "ARC")))
    assert warehouse.leaderboard("scores", Filters(benchmark="gsm8k"))["benchmark"].to_list() == ["GSM8K"]
    assert warehouse.leaderboard("scores").height == 3


def test_a_name_that_the_other_filters_leave_empty_is_no_miss(warehouse: Warehouse) -> None:
    worded = score("A", 80.0, "VBench")
    worded[2]["benchmark"] = ("VBench T2V",)
    load(warehouse, paper("A", worded, entities=Entities(benchmarks=("GSM8K",))))
    for name in ("VBench T2V", "VBench", "gsm8k"):
        assert warehouse.leaderboard("scores", Filters(benchmark=name, confidence=1.0, metric="accuracy")).height <= 1
        assert warehouse.leaderboard("speedups", Filters(benchmark=name)).is_empty()


def test_a_metric_of_unknown_direction_is_said_to_be_assumed(warehouse: Warehouse) -> None:
    load(warehouse, paper("A", score("A", 3.0, "Own", metric="oddness", metric_better=None)))
    assert warehouse.leaderboard("scores")["better"].to_list() == ["higher, assumed"]


def test_shares_compare_however_they_are_written_where_the_metric_has_a_range(warehouse: Warehouse) -> None:
    own = {"metric": "oddness", "unit": ""}
    load(
        warehouse,
        paper("A", score("A", 0.9, "MMLU", unit=""), score("B", 71.0, "MMLU"), score("C", 72.0, "MMLU", unit="")),
        paper("B", score("D", 0.9, "Own", **own), score("E", 50.0, "Own", **own)),
    )
    board = warehouse.leaderboard("scores")
    assert shown(board, "benchmark", "scale", "place", "subject", "claim", "value") == [
        ("MMLU", "", 1, "A", "0.9", 90.0),
        ("MMLU", "", 2, "C", "72", 72.0),
        ("MMLU", "", 3, "B", "71%", 71.0),
        ("Own", "", 1, "E", "50", 50.0),
        ("Own", "0 to 1", 1, "D", "0.9", 0.9),
    ]


def test_a_metric_that_is_not_stated_is_the_usual_one_of_the_benchmark(warehouse: Warehouse) -> None:
    unstated = {"metric": None, "metric_better": None}
    load(
        warehouse,
        paper("A", score("A", 40.0, "OSWorld", **unstated), score("B", 41.0, "OSWorld", "accuracy")),
        paper("B", score("C", 42.0, "OSWorld", "success rate"), score("D", 43.0, "OSWorld", "steps")),
        paper("C", score("E", 44.0, "ImageNet", **unstated), score("F", 45.0, "Unheard-of", **unstated)),
    )
    board = warehouse.leaderboard("scores")
    assert shown(board, "benchmark", "metric", "place", "subject", "stated_metric") == [
        ("OSWorld", "success rate", 1, "C", "success rate"),
        ("OSWorld", "success rate", 2, "B", "accuracy"),
        ("OSWorld", "success rate", 3, "A", "not stated"),
        ("ImageNet", "not stated", 1, "E", "not stated"),  # accuracy or FID: the benchmark does not tell
        ("OSWorld", "steps", 1, "D", "steps"),
        ("Unheard-of", "not stated", 1, "F", "not stated"),
    ]
    assert warehouse.leaderboard("scores", Filters(metric="success rate")).height == 3


def made(kind: str, span: str, value: float, **slots: Any) -> Any:
    return claim(f"It says {span}.", span, **{"type": kind, "value": value, "unit": "%", "subject": "S"} | slots)


@pytest.mark.parametrize(
    ("one", "reason"),
    [
        (made("score", "104%", 104.0, metric_id="accuracy", metric="accuracy"), "accuracy lies between 0 and 100"),
        (made("score", "-41%", -41.0), "a share lies between 0 and 100%"),
        (made("improvement", "7B", 7e9, unit="points", direction="higher"), "a size such as 7B"),
        (made("improvement", "2025", 2025.0, direction="higher"), "a year, read as percent"),
        (made("improvement", "360%", 360.0, direction="lower", metric="FVD"), "nothing falls by more than 100%"),
        (made("improvement", "309 points", 309.0, unit="points", direction="higher"), "a gain of more than 100 points"),
        (made("efficiency", "20", 20.0, unit="x", baseline_value=50.0, factor=20.0, good=True), "a pair of numbers"),
        (made("measurement", "56%", 56.0, metric_id="latency", metric="latency"), "a share of a whole"),
    ],
)
def test_what_cannot_be_right_or_compares_with_nothing_is_left_out_and_says_why(
    warehouse: Warehouse, one: Any, reason: str
) -> None:
    on = {"benchmark": ("MMLU",), "benchmark_ids": ("MMLU",)} if one[2]["type"] == "score" else {}
    load(warehouse, paper("A", (*one[:2], one[2] | on)))
    told = warehouse.leaderboard("left_out")
    assert told["reason"].to_list() == [told["reason"][0]]
    assert told["reason"][0].startswith(reason)
    for name in ("scores", "improvements", "efficiency", "measurements", "beats"):
        assert warehouse.leaderboard(name).is_empty()


def test_what_is_odd_but_possible_is_ranked(warehouse: Warehouse) -> None:
    load(
        warehouse,
        paper(
            "A", score("Elo", 1450.0, "Arena", "Elo", unit=""), score("Kappa", -0.2, "Own", "Cohen's kappa", unit="")
        ),
        paper("B", made("improvement", "502%", 502.0, direction="higher", metric="F1", metric_id="F1")),
        paper("C", made("improvement", "144 points", 144.0, unit="points", direction="higher", metric_id="Elo")),
        paper("D", made("measurement", "72%", 72.0, metric_id="utilization", metric="utilization")),
    )
    assert warehouse.leaderboard("left_out").is_empty()
    assert warehouse.leaderboard("scores").height == warehouse.leaderboard("improvements").height == 2
    assert warehouse.leaderboard("measurements").height == 1


def test_what_is_more_likely_wrong_than_right_is_left_out_unless_asked_for(warehouse: Warehouse) -> None:
    load(warehouse, paper("A", speedup("Sure", 2.0, confidence=0.5), speedup("Unsure", 9.0, confidence=0.499)))
    assert warehouse.leaderboard("speedups")["subject"].to_list() == ["Sure"]
    assert warehouse.leaderboard("speedups", Filters(confidence=0.0))["subject"].to_list() == ["Unsure", "Sure"]
    assert warehouse.query("SELECT count(*) FROM fastest()").item() == 1


def test_a_number_said_twice_is_listed_under_its_subject(warehouse: Warehouse) -> None:
    unnamed = claim("It has 7B.", "7B", type="model_size", value=7e9, unit="params")
    other = claim("One has 8B.", "8B", type="model_size", value=8e9, unit="params")
    load(warehouse, paper("Llama", size("Llama", 7e9), unnamed, other))
    assert warehouse.leaderboard("model_sizes")["subject"].to_list() == ["unnamed in: Llama", "Llama"]


def test_a_benchmark_is_no_subject_of_its_own_scores(warehouse: Warehouse) -> None:
    load(warehouse, paper("On tests", score("MMLU", 80.0, "MMLU")))
    assert warehouse.leaderboard("scores")["subject"].to_list() == ["unnamed in: On tests"]


def test_data_sets_are_ranked_by_kind_of_item(warehouse: Warehouse) -> None:
    def items(subject: str, value: float, unit: str) -> Any:
        return claim(
            f"{subject} has {value:g}.", f"{value:g}", type="dataset_size", value=value, unit=unit, subject=subject
        )

    load(warehouse, paper("A", items("A", 10.0, "videos"), items("B", 20.0, "videos"), items("C", 9e9, "tokens")))
    assert shown(warehouse.leaderboard("dataset_sizes"), "unit", "place", "subject") == [
        ("videos", 1, "B"),
        ("videos", 2, "A"),
        ("tokens", 1, "C"),
    ]


def test_several_values_of_one_paper_are_no_contradiction(warehouse: Warehouse) -> None:
    load(warehouse, paper("A", score("Llama", 60.0, "MMLU"), score("Llama", 70.0, "MMLU")))
    assert warehouse.leaderboard("contradictions").is_empty()
    load(warehouse, paper("B", score("Llama", 65.0, "MMLU", unit="", own=False)))
    assert shown(warehouse.leaderboard("contradictions"), "low", "high", "gap") == [("60%", "70%", 10.0)]


def test_who_beats_whom_by_how_much(warehouse: Warehouse) -> None:
    gain = claim(
        "B gains 5 points over Llama.", "5 points", type="improvement", value=5.0, unit="points", subject="B",
        direction="higher", metric="accuracy", baseline=("Llama",), good=None,
    )  # fmt: skip
    drop = claim(
        "C loses 1 point to Llama.", "1 point", type="improvement", value=1.0, unit="points", subject="C",
        direction="lower", metric="accuracy", metric_better="higher", baseline=("Llama",),
    )  # fmt: skip
    worse = speedup("D", 3.0, good=False, baseline=("vLLM",))
    pair = score("E", 80.0, "MMLU", baseline_value=75.0, baseline=("Llama",))
    load(warehouse, paper("X", speedup("A", 2.0, baseline=("vLLM", "Orca")), gain, drop, worse, pair))

    assert shown(warehouse.leaderboard("beats"), "subject", "baseline", "factor", "claim") == [
        ("A", "Orca", 2.0, "2× higher"),
        ("A", "vLLM", 2.0, "2× higher"),
        ("B", "Llama", None, "5 points higher"),
        ("E", "Llama", None, "80% against 75%"),
    ]
    assert warehouse.leaderboard("beats", Filters(baseline="vllm"))["baseline"].to_list() == ["vLLM"]
    load(warehouse, paper("Y", speedup("F", 9.0)))
    assert warehouse.leaderboard("beats")["baseline"].to_list() == ["Orca", "vLLM", "Llama", "Llama", "not stated"]


def test_filters_narrow(warehouse: Warehouse) -> None:
    on = {"hardware": ("A100 GPU",), "hardware_ids": ("NVIDIA A100",), "benchmark": ("ShareGPT",), "confidence": 0.5}
    load(
        warehouse,
        paper("Old", speedup("Old", 2.0, **on), published="2023-01-01"),
        paper("New", speedup("New", 3.0, metric="end-to-end latency"), published="2025-01-01"),
    )

    def found(**filters: Any) -> list[str]:
        return warehouse.leaderboard("speedups", Filters(**filters))["subject"].to_list()

    assert found(hardware="a100") == found(benchmark="sharegpt") == ["Old"]
    assert found(metric="latency") == found(since=datetime.date(2024, 1, 1)) == found(confidence=0.9) == ["New"]
    assert warehouse.leaderboard("speedups", limit=1)["subject"].to_list() == ["New"]
    assert found(metric="latency", hardware="A100") == []


@pytest.mark.parametrize(
    ("board", "filters", "message"),
    [
        ("scores", Filters(benchmark="ImagNet"), "no benchmark 'ImagNet'; near: ImageNet"),
        ("speedups", Filters(baseline="vLM"), "no baseline 'vLM'; near: vLLM"),
        ("speedups", Filters(hardware="zzz"), "no hardware 'zzz'"),
        ("speedups", Filters(benchmark="'; DROP TABLE papers; --"), 'no benchmark "\'; DROP TABLE papers; --"'),
        (
            "repositories",
            Filters(metric="x"),
            "leaderboard 'repositories' cannot be narrowed by metric; it can by: since",
        ),
        ("speed", Filters(), "no leaderboard 'speed'; there are: speedups, efficiency,"),
    ],
)
def test_a_miss_says_what_there_is(warehouse: Warehouse, board: str, filters: Filters, message: str) -> None:
    load(warehouse, paper("A", speedup("A", 2.0, baseline=("vLLM",)), score("A", 80.0, "ImageNet")))
    with pytest.raises(NoMatch) as error:
        warehouse.leaderboard(board, filters)
    assert str(error.value).startswith(message)


def test_editions_of_a_benchmark_are_named(warehouse: Warehouse) -> None:
    load(warehouse, paper("A", score("A", 80.0, "AIME"), score("A", 70.0, "AIME 2025"), score("A", 1.0, "AIMEE")))
    assert warehouse.benchmarks_below("aime") == ["AIME 2025"]
    assert warehouse.benchmarks_below("AIME 2025") == []


def test_sizes_repositories_and_contradictions(warehouse: Warehouse) -> None:
    load(
        warehouse,
        paper("Llama", size("Llama-7B", 7e9), size("Llama-65B", 65e9), score("Llama", 60.0, "MMLU")),
        paper("Another", score("Llama", 63.4, "MMLU", own=False), code="promised"),
        paper("Kernels", links=(code_link("https://github.com/a/b", "a/b"),), code="released"),
    )
    assert warehouse.leaderboard("model_sizes")["claim"].to_list() == ["65B", "7B"]
    assert shown(warehouse.leaderboard("repositories"), "status", "repo", "title") == [
        ("released", "a/b", "Kernels"),
        ("promised", None, "Another"),
    ]
    told = warehouse.leaderboard("contradictions")
    assert shown(told, "subject", "low", "high", "paper_count") == [("Llama", "60%", "63.4%", 2)]
    assert told["high_sentence"].to_list() == ["Llama reaches 63.4 on MMLU."]


def test_most_used_names_over_the_years(warehouse: Warehouse) -> None:
    load(
        warehouse,
        paper("A", score("A", 80.0, "MMLU", baseline=("GPT-4", "prior work")), published="2023-05-01"),
        paper("B", score("B", 81.0, "MMLU"), published="2024-05-01"),
        paper("C", published="2024-06-01", entities=Entities(benchmarks=("mmlu", "GSM8K"))),
    )
    assert shown(warehouse.leaderboard("benchmarks"), "place", "name", "paper_count", "papers_by_year") == [
        (1, "MMLU", 3, "2023: 1, 2024: 2"),
        (2, "GSM8K", 1, "2024: 1"),
    ]
    assert warehouse.leaderboard("baselines")["name"].to_list() == ["GPT-4"]


def test_measurements_compare_in_base_units(warehouse: Warehouse) -> None:
    def latency(subject: str, value: float, unit: str, seconds: float) -> Any:
        span = f"{value:g} {unit}"
        facts = {"type": "measurement", "unit": unit, "metric": "latency", "metric_better": "lower"}
        return claim(
            f"{subject} takes {span}.", span, value=value, subject=subject, base_value=seconds, base_unit="s", **facts
        )

    load(
        warehouse,
        paper("A", latency("A", 2.0, "ms", 0.002), latency("B", 1.5, "s", 1.5), latency("C", 900.0, "us", 9e-4)),
    )
    board = warehouse.leaderboard("measurements")
    assert shown(board, "place", "subject", "claim") == [(1, "C", "900 us"), (2, "A", "2 ms"), (3, "B", "1.5 s")]


@pytest.mark.parametrize("name", list(leaderboards()))
def test_every_leaderboard_has_its_columns_even_when_empty(warehouse: Warehouse, name: str) -> None:
    load(warehouse, paper("Nothing claimed"))
    board = leaderboards()[name]
    rows = warehouse.leaderboard(name)
    assert rows.is_empty()
    assert set(board.columns) <= set(rows.columns)


def test_every_claim_row_can_be_traced_to_its_sentence(warehouse: Warehouse) -> None:
    load(warehouse, paper("A", speedup("A", 2.0, baseline=("vLLM",)), score("A", 80.0, "MMLU"), size("A", 7e9)))
    for name in ("speedups", "beats", "scores", "model_sizes"):
        traced = warehouse.leaderboard(name).join(
            warehouse.query("SELECT paper_id, abstract FROM papers"), on="paper_id", how="inner"
        )
        assert traced.height > 0
        for row in traced.iter_rows(named=True):
            assert row["abstract"][row["span_start"] : row["span_end"]] == row["span"]
            assert row["span"] in row["sentence"]


def test_a_macro_can_be_asked_by_hand(warehouse: Warehouse) -> None:
    load(warehouse, paper("A", speedup("A", 2.0, baseline=("vLLM",))))
    assert warehouse.query("SELECT subject FROM beats(over_baseline := 'vLLM')").rows() == [("A",)]
