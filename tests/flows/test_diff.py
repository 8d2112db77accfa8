"""``paperclaims diff``: what differs between two outputs of ``extract``, readably, with the exit status of diff."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows import comparing
from flows.comparing import Comparison, PaperChange
from flows.encoders import jsonl
from flows.errors import UserError
from schemas.records import Claim, Entities, Extraction, Link, Paper
from tests.conftest import Cli

ABSTRACT = "Ours is 3x faster than vLLM. It has 7B parameters."
FASTER = Claim("speedup", 3.0, "x", "3x", 8, 10, "abstract", metric="speed", sentence="Ours is 3x faster than vLLM.")
SIZE = Claim("model_size", 7e9, "params", "7B", 36, 38, "abstract", sentence="It has 7B parameters.")
FOUND = Extraction((FASTER, SIZE), (Link("https://x.example", "code"),), "released", Entities(models=("vLLM",)))


def lines(*extractions: Extraction, first: int = 0, abstract: str = ABSTRACT) -> bytes:
    """Numbered papers with these extractions."""
    return jsonl((Paper(f"Paper {n}", abstract, id=f"p{n}"), found) for n, found in enumerate(extractions, first))


def compared(folder: Path, old: bytes, new: bytes) -> tuple[Comparison, list[PaperChange]]:
    """A comparison that has run, and what it found; bad lines fail the test."""
    (folder / "old.jsonl").write_bytes(old)
    (folder / "new.jsonl").write_bytes(new)
    comparison = Comparison(folder / "old.jsonl", folder / "new.jsonl", report=pytest.fail)
    return comparison, list(comparison)


@pytest.fixture
def diff(command: Cli, tmp_path: Path) -> Any:
    def run(old: bytes, new: bytes) -> Any:
        (tmp_path / "old.jsonl").write_bytes(old)
        (tmp_path / "new.jsonl").write_bytes(new)
        return command("diff", "old.jsonl", "new.jsonl")

    return run


def test_the_same_is_said_and_ends_with_0(diff: Any) -> None:
    done = diff(lines(FOUND, FOUND), lines(FOUND, FOUND))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "papers: 2 same, 0 changed, 0 added, 0 lost\nclaims: 0 changed, 0 added, 0 lost\n"


def test_every_kind_of_change_is_told_with_its_sentence_and_ends_with_1(diff: Any) -> None:
    new = replace(
        FOUND,
        claims=(replace(FASTER, metric="latency", baseline=("vLLM",)),),
        links=(),
        code="promised",
        entities=Entities(hardware=("A100",)),
    )
    done = diff(lines(FOUND, FOUND, FOUND), lines(FOUND, new) + lines(FOUND, first=7))
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.splitlines() == [
        "~ Paper 1 (p1)",
        "  ~ speedup: 3x latency against vLLM [, 1.000]",
        "      metric: speed → latency",
        "      baseline: – → vLLM",
        "      “Ours is 3x faster than vLLM.”",
        "  - model size: 7B [, 1.000]",
        "      “It has 7B parameters.”",
        "  ~ code: released → promised",
        "  - link code https://x.example",
        "  - model vLLM",
        "  + hardware A100",
        "+ added: Paper 7 (p7)",
        "  + speedup: 3x speed [, 1.000]",
        "      “Ours is 3x faster than vLLM.”",
        "  + model size: 7B [, 1.000]",
        "      “It has 7B parameters.”",
        "- lost: Paper 2 (p2)",
        "  - speedup: 3x speed [, 1.000]",
        "      “Ours is 3x faster than vLLM.”",
        "  - model size: 7B [, 1.000]",
        "      “It has 7B parameters.”",
        "papers: 1 same, 1 changed, 1 added, 1 lost",
        "claims: 1 changed, 2 added, 3 lost; slots that moved: metric 1, baseline 1",
    ]


def test_a_span_that_grew_is_the_same_claim(tmp_path: Path) -> None:
    grown = replace(FASTER, span="is 3x", start=5)
    _, (change,) = compared(tmp_path, lines(FOUND), lines(replace(FOUND, claims=(grown, SIZE))))
    (claim,) = change.claims
    assert [(slot.slot, slot.old, slot.new) for slot in claim.slots] == [("span", "3x", "is 3x")]


def test_claims_are_followed_into_a_new_text(tmp_path: Path) -> None:
    moved = replace(FASTER, start=13, end=15, sentence="Today ours is 3x faster than vLLM.")
    _, (change,) = compared(
        tmp_path, lines(Extraction((FASTER,))), lines(Extraction((moved,)), abstract="Today ours is 3x faster.")
    )
    assert [field.slot for field in change.fields] == ["abstract"]
    assert change.claims == ()


def test_a_claim_of_which_only_the_confidence_moved_is_counted_not_shown(diff: Any) -> None:
    done = diff(lines(FOUND), lines(replace(FOUND, claims=(replace(FASTER, confidence=0.5), SIZE))))
    assert done.returncode == 1
    assert done.stdout.splitlines() == [
        "papers: 0 same, 1 changed, 0 added, 0 lost",
        "claims: 1 changed, 0 added, 0 lost; slots that moved: confidence 1",
    ]


def test_the_order_of_the_papers_does_not_matter_and_doubles_count(tmp_path: Path) -> None:
    old, new = lines(FOUND, Extraction()), lines(Extraction(), first=1) + lines(FOUND) + lines(FOUND)
    comparison, _ = compared(tmp_path, old, new)
    assert comparison.papers == {"same": 2, "added": 1}


def test_papers_without_id_are_known_by_their_title_or_text(tmp_path: Path) -> None:
    papers = [Paper("", "One."), Paper("", "Two."), Paper("T", "One.")]
    old, new = (jsonl((paper, Extraction()) for paper in some) for some in (papers, papers[::-1]))
    assert compared(tmp_path, old, new)[0].papers == {"same": 3}


BAD = {
    "{": "not valid JSON: Expecting",
    "[1]": "another kind of JSON",
    '{"title": "T", "abstract": "A."}': "missing or of another form",
    '{"x": ' * 100_000: "nested too deeply",
    lines(FOUND).decode().replace('"start": 8', '"start": "8"'): "claims missing or of another form",
    lines(FOUND).decode().replace('"models": ["vLLM"]', '"models": [5]'): "entities missing or of another form",
}


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: BAD[bad])
def test_a_bad_line_is_named_the_rest_is_compared_and_the_status_is_2(diff: Any, bad: str) -> None:
    done = diff(lines(FOUND) + b"\n", lines(FOUND) + bad.encode() + b"\n")
    assert done.returncode == 2
    assert "papers: 1 same, 0 changed, 0 added, 0 lost" in done.stdout
    (line,) = done.stderr.splitlines()
    assert line.startswith("paperclaims: new.jsonl, line 2: ")
    assert BAD[bad] in line


def test_a_missing_file_is_named(command: Cli) -> None:
    done = command("diff", "none.jsonl", "none.jsonl")
    assert (done.returncode, done.stderr) == (
        2,
        "paperclaims: none.jsonl: cannot be read (No such file or directory)\n",
    )


def test_a_pipe_is_refused(tmp_path: Path) -> None:
    (tmp_path / "new.jsonl").touch()
    ends = os.pipe()
    try:
        with pytest.raises(UserError, match="a pipe cannot be compared"):
            list(Comparison(Path(f"/dev/fd/{ends[0]}"), tmp_path / "new.jsonl", report=pytest.fail))
    finally:
        for end in ends:
            os.close(end)


def test_an_endless_line_is_not_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparing, "MAX_LINE_BYTES", 1024**2)
    for name in ("old", "new"):
        (tmp_path / name).write_bytes(b"x" * (3 * 1024**2 + 5) + b"\n" + lines(FOUND))
    said: list[str] = []
    comparison = Comparison(tmp_path / "old", tmp_path / "new", report=said.append)
    assert list(comparison) == []
    assert (comparison.papers, comparison.bad_lines) == ({"same": 1}, 2)
    assert all("line 1: a line over 1 MiB" in line for line in said)


def test_nothing_in_a_text_reaches_the_terminal_as_a_command(diff: Any) -> None:
    hostile = replace(FASTER, metric="\x1b[2J", sentence="\x1b]0;x\x07 \u202e3x\n~ fake")
    done = diff(lines(FOUND), lines(replace(FOUND, claims=(hostile, SIZE))))
    assert done.returncode == 1
    assert not set("\x1b\x07\u202e") & set(done.stdout)
    assert "\n~ fake" not in done.stdout


CLAIMS = st.lists(
    st.builds(
        Claim,
        span=st.just("3x"),
        start=st.integers(0, 20),
        end=st.integers(21, 30),
        value=st.floats(allow_nan=False, allow_infinity=False),
        metric=st.none() | st.text(max_size=3),
    ),
    max_size=5,
)


@settings(max_examples=60, deadline=None)
@given(CLAIMS, CLAIMS)
def test_no_claim_is_forgotten(old: list[Claim], new: list[Claim]) -> None:
    """Every old claim is kept, changed or lost; every new one is kept, changed or added; the mirror says the mirror."""
    sides = [[json.loads(jsonl([(Paper("T", "A", id="p"), Extraction(tuple(c)))]))["claims"] for c in (old, new)]]
    for before, after in (*sides, sides[0][::-1]):
        changes = comparing._compared_claims(before, after, True)
        lost, added = (sum(getattr(change, side) is None for change in changes) for side in ("new", "old"))
        assert len(before) - lost == len(after) - added
        assert comparing._compared_claims(before, before, True) == []
