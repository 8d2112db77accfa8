"""The commands that ask the warehouse: leaderboard, sql, show, export, evaluate."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from tests.conftest import SAMPLES, Cli
from warehouse.leaderboards import leaderboards


def test_leaderboards_are_listed_and_each_can_be_asked(command: Cli, sample_database: Path) -> None:
    listing = command("leaderboard", "list").stdout.splitlines()
    assert [line.split()[0] for line in listing] == list(leaderboards())
    done = command("leaderboard", "repositories", "--format", "json", "--db", sample_database)
    assert done.returncode == 0
    assert {"status", "repo", "title"} <= set(json.loads(done.stdout)[0])


def test_a_leaderboard_takes_filters_and_a_limit(command: Cli, sample_database: Path) -> None:
    done = command(
        "leaderboard", "repositories", "--since", "2022-01-01", "--limit", 3, "-f", "csv", "--db", sample_database
    )
    dates = [row["published"] for row in csv.DictReader(io.StringIO(done.stdout))]
    assert len(dates) == 3
    assert min(dates) >= "2022-01-01"


def test_an_unknown_leaderboard_is_answered_with_those_there_are(command: Cli, sample_database: Path) -> None:
    done = command("leaderboard", "speed", "--db", sample_database)
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert "speedups" in done.stderr


def test_sql_answers_and_lists_what_can_be_asked(command: Cli, sample_database: Path) -> None:
    done = command(
        "sql", "SELECT count(*) AS papers FROM papers", "--format", "json", PAPERCLAIMS_DB=str(sample_database)
    )
    assert json.loads(done.stdout) == [{"papers": 46}]
    listing = command("sql", "--db", sample_database).stdout
    assert "span_start" in listing


@pytest.mark.parametrize(
    "query", ["DROP TABLE papers", "SELECT nonsense", "SELECT 1; SELECT 2", "COPY papers TO 'x.csv'"]
)
def test_sql_refuses_in_one_line(command: Cli, sample_database: Path, query: str) -> None:
    done = command("sql", query, "--db", sample_database)
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)


@pytest.mark.parametrize("name", ["2307.08691", "https://arxiv.org/abs/2307.08691", "flashattention-2"])
def test_show_marks_the_evidence(command: Cli, sample_database: Path, name: str) -> None:
    done = command("show", name, "--db", sample_database)
    assert done.returncode == 0
    assert done.stdout.startswith("FlashAttention-2")
    assert "225 TFLOPs/s[" in " ".join(done.stdout.split())
    assert "papers.jsonl" in done.stdout


def test_show_of_an_unknown_paper_says_so(command: Cli, sample_database: Path) -> None:
    done = command("show", "no such paper", "--db", sample_database)
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)


def test_export_writes_every_leaderboard(command: Cli, sample_database: Path, tmp_path: Path) -> None:
    assert command("export", "boards", "--format", "csv,markdown", "--db", sample_database).returncode == 0
    assert {path.name for path in (tmp_path / "boards").iterdir()} == {
        f"{name}.{suffix}" for name in leaderboards() for suffix in ("csv", "md")
    }


def test_export_writes_a_site(command: Cli, sample_database: Path, tmp_path: Path) -> None:
    done = command("export", "site", "--format", "html", "--db", sample_database)
    assert done.returncode == 0
    assert done.stderr.endswith(" files in site; start at site/index.html\n")
    assert "<h1>" in (tmp_path / "site/index.html").read_text()


def test_a_missing_database_is_named(command: Cli) -> None:
    for arguments in (["leaderboard"], ["sql"], ["show", "x"], ["export", "d"]):
        done = command(*arguments, "--db", "missing.duckdb")
        assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
        assert "missing.duckdb" in done.stderr


def test_evaluate_agrees_with_the_scoring_script(command: Cli, shared: Path, tmp_path: Path) -> None:
    import subprocess
    import sys

    gold = (shared / "gold/dev.jsonl").resolve()
    (tmp_path / "dev.jsonl").write_bytes(b"".join(gold.read_bytes().splitlines(keepends=True)[:20]))
    (tmp_path / "predicted.jsonl").write_text(command("extract", "dev.jsonl").stdout)
    script = [sys.executable, str(shared / "gold/score.py"), "dev.jsonl", "predicted.jsonl", "--json"]
    expected = json.loads(subprocess.run(script, cwd=tmp_path, capture_output=True, text=True, check=True).stdout)
    figures = dict(
        line.split(maxsplit=1) for line in command("evaluate", "dev.jsonl").stdout.splitlines() if "_f1" in line
    )
    names = ("found_f1", "claim_f1", "whole_f1", "link_f1", "entity_f1")
    assert {name: float(figures[name]) for name in names} == {name: expected[name] for name in names}


def test_evaluate_names_the_line_that_is_no_annotated_paper(command: Cli) -> None:
    done = command("evaluate", SAMPLES)
    assert (done.returncode, done.stdout) == (2, "")
    assert "line 1" in done.stderr
