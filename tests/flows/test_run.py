"""The run: the same rows with Prefect and without, known papers skipped, and nothing lost on the way."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import extractors
from flows import parts, steps
from flows.extraction import extract_parts
from schemas.records import Paper
from tests.conftest import SAMPLES, Cli
from tests.flows.test_extract_command import papers
from warehouse import RunSummary, Warehouse

TABLES = ("papers", "sightings", "identifiers", "claims", "links", "entities", "ledger")


def direct(database: Path, *sources: object) -> RunSummary:
    """One run without Prefect."""
    return steps.run(steps.Job([*map(str, sources)], Warehouse(database), workers=1)).summary


def rows(database: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table that a run fills, in one order."""
    warehouse = Warehouse(database)
    return {table: warehouse.query(f"SELECT * FROM {table} ORDER BY ALL").rows() for table in TABLES}


def test_a_second_run_adds_nothing(tmp_path: Path) -> None:
    database = tmp_path / "a.duckdb"
    first = direct(database, SAMPLES)
    before = rows(database)
    second = direct(database, SAMPLES)
    assert (first.papers_new, first.papers_known) == (46, 0)
    assert (second.papers_new, second.papers_known, second.claims_loaded) == (0, 46, 0)
    assert rows(database) == before


@pytest.mark.usefixtures("prefect_api")
def test_prefect_and_direct_give_the_same_rows(tmp_path: Path) -> None:
    from flows import pipeline

    broken = tmp_path / "broken.gz"
    broken.write_bytes(b"\x1f\x8b broken")
    watched: list[int] = []
    with_prefect, without = tmp_path / "p.duckdb", tmp_path / "d.duckdb"
    report = pipeline.run_now(
        [str(SAMPLES), str(broken)], with_prefect, 1, lambda job: watched.append(job.papers), None
    )
    summary = direct(without, SAMPLES, broken)
    assert rows(with_prefect) == rows(without)
    assert report.summary == summary
    assert (summary.status, len(report.unreadable)) == ("failed", 1)
    assert watched[-1] == 46


@pytest.mark.usefixtures("prefect_api")
def test_the_flow_fails_with_the_reason_and_leaves_an_artifact(tmp_path: Path) -> None:
    from prefect import get_client
    from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterKey

    from flows import pipeline

    state = pipeline.load_papers([str(SAMPLES), "missing.jsonl"], tmp_path / "a.duckdb", 1, return_state=True)
    assert state.is_failed()
    assert "missing.jsonl" in (state.message or "")
    assert len(rows(tmp_path / "a.duckdb")["papers"]) == 46
    with get_client(sync_client=True) as client:
        found = client.read_artifacts(artifact_filter=ArtifactFilter(key=ArtifactFilterKey(any_=["paperclaims-run"])))
    assert "papers read" in str(found[-1].data)


def test_the_seeds_are_75_papers_seen_82_times(shared: Path, tmp_path: Path) -> None:
    summary = direct(tmp_path / "a.duckdb", *sorted((shared / "seeds").glob("*.txt")))
    assert (summary.papers_new, summary.sightings_new, summary.papers_rejected) == (75, 82, 0)


def test_what_was_read_fast_is_marked_and_read_again_without(tmp_path: Path, command: Cli) -> None:
    database = tmp_path / "a.duckdb"
    versions = "SELECT DISTINCT extractor_version FROM papers"
    assert command("run", "--direct", "--fast", SAMPLES, "--db", database).returncode == 0
    assert Warehouse(database).query(versions).item() == f"{extractors.EXTRACTOR_VERSION}+fast"
    assert command("run", "--direct", SAMPLES, "--db", database).returncode == 0
    assert Warehouse(database).query(versions).item() == extractors.EXTRACTOR_VERSION


def test_parts_are_loaded_without_extracting_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from flows import extraction
    from flows.intake import Intake

    folder = tmp_path / "parts"
    folder.mkdir()
    sources = Intake([str(SAMPLES)], report=lambda reject: None)
    assert sum(part.papers for part in extract_parts(sources, str(folder), workers=1)) == 46
    direct(tmp_path / "once.duckdb", SAMPLES)
    monkeypatch.setattr(extraction, "_extractor", lambda fast: pytest.fail("extracted again"))
    summary = direct(tmp_path / "parts.duckdb", folder)
    assert summary.papers_new == 46
    assert rows(tmp_path / "parts.duckdb") == rows(tmp_path / "once.duckdb")


def test_a_damaged_part_is_named_and_the_others_are_loaded(tmp_path: Path, command: Cli) -> None:
    (tmp_path / "papers.jsonl").write_text(papers(3))
    command("extract", "papers.jsonl", "--format", "parquet", "-o", "parts")
    bad = tmp_path / "parts" / parts.part_name(7, [Paper("", "x")], "1")
    bad.write_bytes(b"PAR1 damaged")
    done = command("run", "--direct", "parts")
    assert done.returncode == 1
    assert f"{bad.name}: damaged" in done.stderr
    assert Warehouse(tmp_path / "paperclaims.duckdb").query("SELECT count(*) FROM papers").item() == 3


def test_rejects_are_kept_with_their_reason_and_the_accounts_balance(tmp_path: Path, command: Cli) -> None:
    lines = [*papers(3).splitlines(), "{broken", json.dumps({"title": "No abstract"}), *papers(4).splitlines()]
    (tmp_path / "papers.jsonl").write_text("\n".join(lines))
    (tmp_path / "page.gz").write_bytes(b"\x1f\x8b broken")
    done = command("run", "--direct", "papers.jsonl", "page.gz", "--db", "a.duckdb")
    assert done.returncode == 1
    assert "papers.jsonl, line 4: not valid JSON" in done.stderr
    assert "page.gz: damaged" in done.stderr
    warehouse = Warehouse(tmp_path / "a.duckdb")
    run = warehouse.query("SELECT * FROM runs").to_dicts()[0]
    assert run["papers_read"] == 9
    assert (run["papers_new"], run["papers_known"], run["papers_rejected"]) == (4, 3, 2)
    found = warehouse.query("SELECT source, place, check_name FROM rejects ORDER BY ALL").rows()
    assert [(source, place) for source, place, _ in found] == [
        ("page.gz", ""),
        ("papers.jsonl", "line 4"),
        ("papers.jsonl", "line 5"),
    ]


def test_a_paper_that_the_extractors_fail_on_is_a_reject(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from flows import extraction
    from schemas.records import Extraction

    class Fails:
        def extract(self, title: str, abstract: str) -> Extraction:
            if title == "Paper 1":
                raise RuntimeError("boom")
            return Extraction()

        def extract_many(self, texts: list[tuple[str, str]]) -> list[Extraction]:
            return [self.extract(*text) for text in texts]

    monkeypatch.setattr(extraction, "_extractor", lambda fast: Fails())
    (tmp_path / "papers.jsonl").write_text(papers(3))
    summary = direct(tmp_path / "a.duckdb", tmp_path / "papers.jsonl")
    assert (summary.papers_new, summary.papers_rejected) == (2, 1)
    reasons = Warehouse(tmp_path / "a.duckdb").query("SELECT check_name, reason FROM rejects").rows()
    assert reasons == [("extract", "the extractors failed on it: RuntimeError: boom")]


def test_a_paper_with_more_claims_than_any_abstract_is_a_reject(tmp_path: Path, command: Cli) -> None:
    noise = {"title": "Noise", "abstract": "Ours is 3x faster than before. " * 600}
    (tmp_path / "papers.jsonl").write_text(papers(2) + json.dumps(noise) + "\n")
    done = command("extract", "papers.jsonl")
    assert (done.returncode, len(done.stdout.splitlines())) == (1, 2)
    assert "papers.jsonl, line 3: 600 claims in one abstract" in done.stderr


def test_a_paper_with_more_number_words_than_any_abstract_is_a_reject(tmp_path: Path, command: Cli) -> None:
    (tmp_path / "papers.jsonl").write_text(
        papers(2) + json.dumps({"title": "Noise", "abstract": "half " * 2001}) + "\n"
    )
    done = command("extract", "papers.jsonl")
    assert (done.returncode, len(done.stdout.splitlines())) == (1, 2)
    assert "papers.jsonl, line 3: the extractors failed on it: ValueError: 2,001 numbers" in done.stderr


def test_no_secret_of_an_address_is_kept_or_said(tmp_path: Path, command: Cli) -> None:
    """Port 1 of this machine answers nobody; the run and its reject are in the database all the same."""
    address = "http://user:hunter2@127.0.0.1:1/papers.jsonl?token=hunter3"
    done = command("run", "--direct", address, "ftp://user:hunter2@host/x", PAPERCLAIMS_RETRIES="0")
    assert done.returncode == 2
    assert "http://127.0.0.1:1/papers.jsonl" in done.stderr
    everything = (tmp_path / "paperclaims.duckdb").read_bytes() + (done.stdout + done.stderr).encode()
    assert b"hunter" not in everything
    assert Warehouse(tmp_path / "paperclaims.duckdb").query("SELECT sources FROM runs").item().to_list() == [
        "http://127.0.0.1:1/papers.jsonl",
        "ftp://host/x",
    ]


def test_nothing_readable_ends_with_status_2(command: Cli) -> None:
    done = command("run", "--direct", "missing.jsonl")
    assert done.returncode == 2
    assert "missing.jsonl" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_database_of_another_program_is_refused_in_one_line(command: Cli, tmp_path: Path) -> None:
    (tmp_path / "other.duckdb").write_text("not a database at all")
    done = command("run", "--direct", SAMPLES, "--db", "other.duckdb")
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert (tmp_path / "other.duckdb").read_text() == "not a database at all"
