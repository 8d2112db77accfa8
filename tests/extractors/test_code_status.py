"""What a paper says of its code; every rule of data/code_status.toml is fired by its own examples."""

from __future__ import annotations

import time
import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.code_status import RULES_FILE, CodeRule, code_rules, code_status
from extractors.links import find_links


def status(text: str, title: str = "") -> str:
    return code_status(title, text, find_links(text, "abstract"))


def rule_file() -> dict[str, Any]:
    with RULES_FILE.open("rb") as file:
        return tomllib.load(file)


@pytest.mark.parametrize("rule", code_rules(), ids=lambda rule: rule.name)
def test_examples_fire_their_rule(rule: CodeRule) -> None:
    for example in rule.examples:
        assert rule.pattern.search(example), example
        assert (status("", title=example) if rule.in_title else status(example)) == rule.status, example


@pytest.mark.parametrize("rule", code_rules(), ids=lambda rule: rule.name)
def test_counter_examples_say_nothing(rule: CodeRule) -> None:
    for example in rule.counter_examples:
        assert (status("", title=example) if rule.in_title else status(example)) == "none", example


def test_no_phrase_can_fire_without_the_stems() -> None:
    data = rule_file()
    words, stems = data["words"], data["stems"]
    for rule in data["rule"]:
        for phrase in rule["phrases"]:
            sure = [words[part[1:-1]] if part.startswith("<") else [part] for part in phrase.split() if is_sure(part)]
            for kind in ("release", "thing"):
                assert any(
                    all(any(stem in word.lower() for stem in stems[kind]) for word in choices) for choices in sure
                ) or (kind == "release" and "this https url" in phrase), (phrase, kind)


def is_sure(part: str) -> bool:
    """A part of a phrase that cannot be empty."""
    return not part.endswith("*>") and part not in ("<end>", "...", "..")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We find that noise helps. Code: github.com/pola-rs/polars.", "released"),
        ("Our code is publicly available at https://gitlab.com/libeigen/eigen.", "released"),
        ("The benchmark is available at https://github.com/openai/human-eval.", "released"),
        ("The weights are at https://huggingface.co/openai-community/gpt2.", "released"),
        ("Code will be available at https://github.com/pola-rs/polars.", "promised"),
        ("The dataset will be released. The code is available online.", "released"),
        ("Code and data are available upon acceptance.", "promised"),
        ("Project page: https://karpathy.github.io/.", "none"),
        ("The dataset is publicly available.", "none"),
        ("We release a dataset of 300 questions.", "none"),
        ("We release the model checkpoints.", "none"),
        ("We evaluate on publicly available code repositories.", "none"),
        ("If the source code is available, static analysis helps.", "none"),
        ("Code generation models are released every week.", "none"),
        ("", "none"),
    ],
)
def test_statements(text: str, expected: str) -> None:
    assert status(text) == expected


def test_a_declared_promise_does_not_hide_a_release() -> None:
    assert status("We will release our models and code soon. The code is available at github.com/a/b.") == "released"


WORDS = ["we", "will", "release", "our", "code", "is", "available", "open-source", ",", ".", ";", "this https URL"]


@given(st.lists(st.sampled_from(WORDS), max_size=30).map(" ".join))
def test_any_text_has_a_status(text: str) -> None:
    assert status(text) in ("released", "promised", "none")


@pytest.mark.parametrize(
    "unit",
    [
        "code is publicly ",
        "framework pipeline available ",
        "is a b c open-source d e ",
        "the our open tool ",
        "make code ",
        "we release ",
        "code, ",
        "open tool",
        "available code  ",
    ],
)
def test_time_is_linear_in_the_text(unit: str) -> None:
    text = (unit * 100_000)[:100_000]
    start = time.process_time()
    status(text)
    assert time.process_time() - start < 3
