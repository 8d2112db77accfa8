"""All measurements in one command; writes them as a table into the README.

uv run python -m tests.benchmarks            # everything, about half an hour
uv run python -m tests.benchmarks --quick    # a small size, to see that it runs; writes nothing
"""

from __future__ import annotations

import argparse
import datetime
import os
import platform
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks import papers, speed, store
from tests.benchmarks.speed import Row
from tests.readme import README

_TABLE = re.compile(r"(<!-- benchmarks -->\n).*(<!-- end of benchmarks -->)", re.DOTALL)


def measure(folder: Path, *, quick: bool) -> Iterator[Row]:
    """All rows of the table."""
    yield from speed.start(folder, 1 if quick else 5)
    yield from speed.throughput(folder, 200 if quick else 20_000)
    yield from speed.growth(folder, [300, 600] if quick else [1_000, 20_000, 200_000])
    yield from store.warehouse(folder, 5_000 if quick else 1_000_000, 2_000 if quick else 10_000)


def machine() -> str:
    """What the figures were measured on, and how busy it was."""
    cpus = (line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name"))
    memory = next((int(line.split()[1]) / 1e6 for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), 0)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return (
        f"{datetime.date.today()}, {cores} cores ({next(cpus, platform.processor())}), {memory:.0f} GB, "
        f"Python {platform.python_version()}, load before {load}, papers of {papers.source().name}"
    )


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text(encoding="utf-8").splitlines()
    except OSError:
        return []


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--quick", action="store_true", help="a small size; the README is left alone")
    quick = parser.parse_args().quick
    head = f"{machine()}:\n\n| what | measured |\n| --- | --- |\n"
    print(head, end="", flush=True)
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for name, figure in measure(Path(folder), quick=quick):
            rows.append(f"| {name} | {figure} |\n")
            print(rows[-1], end="", flush=True)
    if not quick:
        text = README.read_text(encoding="utf-8")
        README.write_text(_TABLE.sub(lambda match: match[1] + head + "".join(rows) + match[2], text), encoding="utf-8")


if __name__ == "__main__":
    main()
