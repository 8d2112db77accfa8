"""What the README says is true: its commands run, its set-up is what CI does, its data dictionary is the database's."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import readme
from tests.conftest import ROOT

TEXT = readme.README.read_text(encoding="utf-8")


@pytest.mark.slow
def test_every_command_runs(tmp_path: Path) -> None:
    lines = readme.commands(TEXT)
    assert lines[0] == "paperclaims demo"
    results = readme.run_all(lines, tmp_path)
    assert {line: output for line, status, output in results if status} == {}
    outputs = {line: output for line, _, output in results}
    assert "paperclaims-demo.duckdb" in outputs["paperclaims demo"]
    assert "Traceback" not in "".join(outputs.values())


def test_the_set_up_commands_are_there() -> None:
    assert "pip install uv && uv run paperclaims demo" in TEXT
    assert "pip install uv && uv run pytest" in TEXT
    assert "\nuv run pytest\n" in (ROOT / ".ci/run").read_text(encoding="utf-8")


def test_the_data_dictionary_is_that_of_the_database(sample_database: Path) -> None:
    # If this fails: uv run python -m tests.readme
    assert readme.data_dictionary(sample_database) in TEXT


def test_every_file_that_it_names_exists() -> None:
    for name in (
        "extractors/data/units.toml",
        "extractors/data/benchmarks.csv",
        "flows/readers/sniff.py",
        "prefect.yaml",
    ):
        assert name.rpartition("/")[2] in TEXT
        assert (ROOT / name).exists()
