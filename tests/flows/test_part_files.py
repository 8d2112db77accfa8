"""Parts in folders that fsspec reaches: written by ``extract``, merged by ``run``."""

from __future__ import annotations

import pytest

from flows import part_files
from flows.errors import UserError
from tests.conftest import SAMPLES, Cli


def test_parts_in_a_folder_of_fsspec_are_merged_as_those_on_disk(command: Cli) -> None:
    extract = ("extract", SAMPLES, "--format", "parquet", "--workers", 1, "-o")
    assert command(*extract, "memory://parts").returncode == 0
    assert command(*extract, "disk").returncode == 0
    again = command(*extract, "memory://parts")
    assert again.returncode == 0
    assert len(part_files.find("memory://parts")) == 1

    for source in ("memory://parts", "disk"):
        done = command("run", source, "--direct", "--db", f"{source.partition(':')[0]}.duckdb")
        assert done.returncode == 0, done.stderr
    rows = [
        command("sql", "SELECT * FROM claims ORDER BY claim_id", "--format", "csv", "--db", database).stdout
        for database in ("memory.duckdb", "disk.duckdb")
    ]
    assert rows[0] == rows[1]
    assert rows[0].count("\n") > 100


def test_a_file_system_that_is_not_there_is_told_in_one_line(command: Cli) -> None:
    done = command("extract", SAMPLES, "--format", "parquet", "-o", "nonsense://parts")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "nonsense://parts: its file system cannot be reached" in done.stderr


def test_a_folder_of_fsspec_without_parts_holds_none() -> None:
    assert part_files.find("memory://nowhere") == []
    with pytest.raises(FileNotFoundError):
        part_files.opened("memory://nowhere/part.parquet")


@pytest.mark.parametrize("source", ["https://example.org/x.parquet", "papers.jsonl", "-", "arxiv:all:llm"])
def test_other_sources_are_left_to_the_readers(source: str) -> None:
    assert part_files.find(source) == []


def test_a_file_is_no_folder(command: Cli, tmp_path: object) -> None:
    with pytest.raises(UserError, match="is a file"):
        part_files.make_folder(str(SAMPLES))
