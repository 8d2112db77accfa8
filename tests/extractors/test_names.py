"""Names: lists that are true to their form, spellings that fold, words around a name that drop out."""

from __future__ import annotations

import csv
import re
from collections import Counter
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.names import (
    LABELS,
    Label,
    Metric,
    fold,
    lookup,
    matcher_terms,
    resolve_benchmark,
    resolve_hardware,
    resolve_metric,
    resolve_model,
    tidy,
)

LISTS: dict[Label, str] = {
    "BENCHMARK": "benchmarks",
    "MODEL": "models",
    "HARDWARE": "hardware",
    "METRIC": "metrics",
    "TASK": "tasks",
}
AT_LEAST = {"BENCHMARK": 700, "MODEL": 900, "HARDWARE": 280, "METRIC": 180, "TASK": 150}
# Common words that mean the name whenever they stand in capitals (read on the corpus).
CAPITALS_ENOUGH = {"MATH", "CLIP", "MIMIC", "REINFORCE"}


def rows(label: Label) -> list[dict[str, str]]:
    text = files("extractors").joinpath("data", f"{LISTS[label]}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def surfaces(row: dict[str, str]) -> list[str]:
    return [row["canonical"], *filter(None, row["aliases"].split("|"))]


@pytest.mark.parametrize("label", LABELS)
def test_list_is_long_enough_and_well_formed(label: Label) -> None:
    table = rows(label)
    assert len(table) >= AT_LEAST[label]
    for row in table:
        assert None not in row
        assert None not in row.values()
        for surface in surfaces(row):
            assert surface == surface.strip() == tidy(surface) or not surface[-1].isalnum(), surface
            assert fold(surface), surface
        assert set(filter(None, row["ambiguous"].split("|"))) <= set(surfaces(row)), row["canonical"]


@pytest.mark.parametrize("label", LABELS)
def test_no_surface_points_to_two_names(label: Label) -> None:
    owners: dict[str, set[str]] = {}
    for row in rows(label):
        for surface in surfaces(row):
            owners.setdefault(fold(surface), set()).add(row["canonical"])
    shared = {key: names for key, names in owners.items() if len(names) > 1}
    # FLOPs (a count) and FLOPS (a rate) differ in case only, and are told apart by it.
    allowed = {"flops", "gflops", "tflops", "pflops"} if label == "METRIC" else set()
    assert not shared.keys() - allowed


@pytest.mark.parametrize("label", LABELS)
def test_no_surface_stands_twice(label: Label) -> None:
    counts = Counter(surface for row in rows(label) for surface in surfaces(row))
    assert not [surface for surface, count in counts.items() if count > 1]


def test_canonical_names_resolve_to_themselves() -> None:
    for label in LABELS:
        for row in rows(label):
            assert lookup(label, row["canonical"]) == row["canonical"]
    for resolve, label in ((resolve_benchmark, "BENCHMARK"), (resolve_model, "MODEL"), (resolve_hardware, "HARDWARE")):
        for row in rows(label):
            assert resolve(row["canonical"]) == row["canonical"]
    for row in rows("METRIC"):
        metric = resolve_metric(row["canonical"])
        assert metric is not None
        assert metric.canonical == row["canonical"]


def test_common_words_need_context() -> None:
    """A name written as a common word is written (lower case, Capitalised, CAPITALS) is flagged."""
    common = set((Path(__file__).parent / "common_words.txt").read_text(encoding="utf-8").split())
    unflagged = {
        term.surface
        for term in matcher_terms(("BENCHMARK", "MODEL", "HARDWARE"))
        if not term.ambiguous
        and term.surface.lower() in common
        and (term.surface.islower() or term.surface.istitle() or term.surface.isupper())
    }
    assert unflagged <= CAPITALS_ENOUGH


def test_metric_polarity_of_well_known_metrics() -> None:
    lower = ["FID", "FVD", "LPIPS", "perplexity", "WER", "CER", "MSE", "MAE", "RMSE", "ECE", "latency", "TTFT"]
    lower += ["memory", "FLOPs", "energy", "parameters", "tokens"]
    lower += ["training time", "hallucination rate", "error rate", "regret", "attack success rate", "carbon emissions"]
    higher = [
        "accuracy",
        "F1",
        "mAP",
        "mIoU",
        "PSNR",
        "SSIM",
        "AUROC",
        "BLEU",
        "CIDEr",
        "nDCG",
        "throughput",
        "FPS",
        "speedup",
        "MFU",
        "Elo",
        "HOTA",
        "FLOPS",
    ]
    higher += [
        "success rate",
        "win rate",
        "pass@1",
        "Recall@10",
        "top-1 accuracy",
        "energy efficiency",
        "tokens per second",
    ]
    for surface, better in [(word, "lower") for word in lower] + [(word, "higher") for word in higher]:
        metric = resolve_metric(surface)
        assert metric is not None, surface
        assert metric.better == better, surface


@pytest.mark.parametrize(
    ("surface", "canonical"),
    [
        ("ImageNet-1K val", "ImageNet"),
        ("ImageNet1k", "ImageNet"),
        ("the ImageNet 256x256 benchmark", "ImageNet"),
        ("VBench T2V", "VBench"),
        ("WMT'14 En-De", "WMT14"),
        ("MS-COCO", "COCO"),
        ("COCO val2017", "COCO"),
        (r"{\rm CIFAR}-10", "CIFAR-10"),
        (r"\textsc{GLUE}", "GLUE"),
        (r"$\tau^2$-bench", "τ²-bench"),
        ("HumanEval+", "HumanEval+"),
        ("SQuAD v2.0", "SQuAD 2.0"),
        ("KITTI test set", "KITTI"),
        # Editions whose results do not compare have names of their own.
        ("AIME'24", "AIME 2024"),
        ("AIME 25", "AIME 2025"),
        ("OSWorld-G benchmark", "OSWorld-G"),
        ("LiveCodeBench (v6)", "LiveCodeBench v6"),
        ("LibriSpeech test-other", "LibriSpeech test-other"),
        ("ImageNet 512x512", "ImageNet 512x512"),
    ],
)
def test_benchmark_surfaces(surface: str, canonical: str) -> None:
    assert resolve_benchmark(surface) == canonical


@pytest.mark.parametrize(
    ("surface", "canonical"),
    [
        ("A100 GPU", "NVIDIA A100"),
        ("A100-80GB", "NVIDIA A100"),
        ("NVIDIA A100-SXM", "NVIDIA A100"),
        ("8x A100-SXM4-80GB GPUs", "NVIDIA A100"),
        ("H100s", "NVIDIA H100"),
        ("a single RTX 4090 GPU", "NVIDIA RTX 4090"),
        ("GeForce RTX3090", "NVIDIA RTX 3090"),
        ("Intel Xeon Gold 6338", "Intel Xeon"),
        ("TPU-v5e", "Google TPU v5e"),
        ("RTX 3090 Ti", "NVIDIA RTX 3090 Ti"),
        ("Apple M2 Max", "Apple M2 Max"),
    ],
)
def test_hardware_surfaces(surface: str, canonical: str) -> None:
    assert resolve_hardware(surface) == canonical


@pytest.mark.parametrize(
    ("surface", "canonical"),
    [
        ("Qwen2.5 7B Instruct", "Qwen2.5"),
        ("LLaMA-2-7B", "LLaMA-2"),
        ("Llama 3.1 8B", "LLaMA-3.1"),
        ("GPT-3 (175B)", "GPT-3"),
        ("DiT-XL/2", "DiT"),
        ("vllm", "vLLM"),
        ("FlashAttention 2", "FlashAttention-2"),
    ],
)
def test_model_surfaces(surface: str, canonical: str) -> None:
    assert resolve_model(surface) == canonical


@pytest.mark.parametrize(
    ("surface", "metric"),
    [
        ("average top-1 accuracy", Metric("top-1 accuracy", "higher", "percent", "quality")),
        ("grasping success rate", Metric("success rate", "higher", "percent", "quality")),
        ("mean average precision", Metric("mAP", "higher", "percent", "quality")),
        ("F$_1$", Metric("F1", "higher", "percent", "quality")),
        ("accuracy on ImageNet", Metric("accuracy", "higher", "percent", "quality")),
        ("peak GPU memory", Metric("memory", "lower", "bytes", "cost")),
        ("FLOPs", Metric("FLOPs", "lower", "open", "cost")),
        ("TFLOPS", Metric("FLOP/s", "higher", "open", "speed")),
        ("tokens/s", Metric("throughput", "higher", "open", "speed")),
        ("latency reduction", Metric("latency", "lower", "open", "speed")),
    ],
)
def test_metric_surfaces(surface: str, metric: Metric) -> None:
    assert resolve_metric(surface) == metric


def test_unknown_names_come_back_tidied_and_generic_words_are_none() -> None:
    assert resolve_benchmark("our FrobnicateBench dataset") == "FrobnicateBench"
    assert resolve_benchmark("FrobnicateBench-v2") == "FrobnicateBench-v2"
    assert resolve_model(r"\textsc{FrobNet}") == "FrobNet"
    assert resolve_hardware("Frobnitron 9 boards") == "Frobnitron 9"
    assert lookup("BENCHMARK", "FrobnicateBench") is None
    assert [resolve_benchmark("public benchmarks"), resolve_model("the model"), resolve_hardware("GPUs")] == [None] * 3
    assert resolve_metric("frobnication") is None


def test_names_that_differ_in_more_than_spelling_stay_apart() -> None:
    assert resolve_model("GPT-4.1") != resolve_model("GPT-41")
    assert resolve_benchmark("HumanEval+") != resolve_benchmark("HumanEval")
    assert resolve_hardware("iPhone XS") != resolve_hardware("iPhone X")
    assert resolve_metric("FLOPS") != resolve_metric("FLOPs")


def test_search_terms_hold_the_usual_spellings_and_lead_back_to_their_name() -> None:
    terms = list(matcher_terms())
    spelled = {(term.label, term.surface) for term in terms}
    assert {("BENCHMARK", "SWE-Bench Verified"), ("MODEL", "Llama3-8B"), ("HARDWARE", "Nvidia A100")} <= spelled
    assert len(spelled) == len({(term.label, term.surface, term.canonical) for term in terms})
    for term in terms:
        assert lookup(term.label, term.surface) == term.canonical, term


CSV_SURFACES = {surface for label in ("BENCHMARK", "MODEL") for row in rows(label) for surface in surfaces(row)}


def test_a_name_of_two_lists_needs_context() -> None:
    flags = {(term.label, term.surface): term.ambiguous for term in matcher_terms(("BENCHMARK", "MODEL", "HARDWARE"))}
    shared = [surface for label, surface in flags if label == "BENCHMARK" and ("MODEL", surface) in flags]
    assert shared
    assert all(flags["BENCHMARK", surface] and flags["MODEL", surface] for surface in shared if surface in CSV_SURFACES)
    assert not flags["BENCHMARK", "ImageNet"]


NAME = st.text(alphabet=st.sampled_from("abcXYZ0189 -_.+&/{}$^\\"), max_size=30)


@given(st.text(max_size=60))
def test_fold_and_tidy_are_idempotent_on_any_text(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert tidy(tidy(text)) == tidy(text)


@given(NAME)
def test_fold_is_blind_to_case_and_separators(text: str) -> None:
    plain = re.sub(r"[^A-Za-z0-9]", "", text)
    assert fold(plain.upper()) == fold(plain.lower())
    assert fold("-".join(plain)) == fold(" ".join(plain)) == fold("_".join(plain)) == fold(plain)
    assert fold(rf"\textsc{{{plain}}}") == fold(rf"{{\rm {plain}}}") == fold(f"${plain}$") == fold(plain)


@given(st.one_of(NAME, st.text(max_size=40), st.sampled_from([term.surface for term in matcher_terms()])))
def test_resolution_is_idempotent(text: str) -> None:
    for resolve in (resolve_benchmark, resolve_model, resolve_hardware):
        resolved = resolve(text)
        assert resolved is None or resolve(resolved) == resolved
    metric = resolve_metric(text)
    assert metric is None or resolve_metric(metric.canonical) == metric


@pytest.mark.parametrize(
    "surface", ["(" * 5000, "the " * 5000, "A100 " * 3000, "score " * 3000, "x" * 100_000, "1x" * 9000]
)
def test_hostile_surfaces_are_quick(surface: str) -> None:
    for resolve in (resolve_benchmark, resolve_model, resolve_hardware, resolve_metric):
        resolve(surface)
