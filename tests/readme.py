"""The README as data: its commands, their output, and the data dictionary.

``uv run python -m tests.readme`` writes the data dictionary and the output of every command into the README anew.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import polars as pl

from tests.conftest import ROOT
from warehouse import Warehouse

README = ROOT / "README.md"
TABLES = ("papers", "sightings", "identifiers", "claims", "links", "entities", "runs", "rejects", "ledger")

_CONSOLE = re.compile(r"^```console\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_DICTIONARY = re.compile(r"(<!-- data dictionary -->\n).*(<!-- end of data dictionary -->)", re.DOTALL)


def commands(text: str) -> list[str]:
    """The commands of all console blocks, in order."""
    return [line[2:] for block in _CONSOLE.findall(text) for line in block.splitlines() if line.startswith("$ ")]


def run_all(lines: list[str], folder: Path) -> list[tuple[str, int, str]]:
    """Run the commands one after the other in one shell's environment; each with its exit status and output."""
    environment = os.environ | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "COLUMNS": "120",
        "PREFECT_HOME": str(folder / "prefect-home"),
    }
    results = []
    for line in lines:
        if export := re.fullmatch(r"export (\w+)=(\S+)", line):
            environment[export[1]] = export[2]
            results.append((line, 0, ""))
            continue
        done = subprocess.run(
            ["bash", "-c", f"set -o pipefail; {line}"],
            cwd=folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            timeout=300,
            check=False,
        )
        results.append((line, done.returncode, done.stdout))
    return results


def data_dictionary(database: Path) -> str:
    """The tables and columns of a warehouse with their comments, as Markdown."""
    described = Warehouse(database).describe()
    pieces = []
    for table in TABLES:
        columns = described.filter(pl.col("table_name") == table)
        rows = columns.select("column_name", "data_type", "comment").iter_rows()
        lines = [f"| `{name}` | {kind} | {_cell(comment)} |" for name, kind, comment in rows]
        head = [f"**`{table}`**: {columns['table_comment'][0]}", "", "| column | type | what |", "| --- | --- | --- |"]
        pieces.append("\n".join([*head, *lines, ""]))
    return "<details><summary>Tables and columns</summary>\n\n" + "\n".join(pieces) + "\n</details>\n"


def _cell(text: str | None) -> str:
    return (text or "").replace("|", "\\|").replace("<", "&lt;")


def rewritten(text: str, database: Path, results: list[tuple[str, int, str]]) -> str:
    """The README with this data dictionary and this output."""
    waiting = iter(results)

    def block(match: re.Match[str]) -> str:
        pieces = []
        for line in match[1].splitlines():
            if line.startswith("$ "):
                command, status, output = next(waiting)
                assert (line[2:], status) == (command, 0), output
                pieces.append(f"{line}\n{_tidy(output)}")
        return "```console\n" + "".join(pieces) + "```"

    text = _CONSOLE.sub(block, text)
    return _DICTIONARY.sub(lambda match: match[1] + data_dictionary(database) + match[2], text)


def _tidy(output: str) -> str:
    lines = [line.rstrip() for line in output.replace(f"{ROOT}/", "").strip("\n").splitlines()]
    return "".join(f"{line}\n" for line in lines)


def main() -> None:
    """Write the README anew."""
    text = README.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        results = run_all(commands(text), Path(folder))
        README.write_text(rewritten(text, Path(folder) / "paperclaims-demo.duckdb", results), encoding="utf-8")


if __name__ == "__main__":
    main()
