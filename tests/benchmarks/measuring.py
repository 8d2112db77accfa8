"""A program run and watched: wall clock, processor time and memory of all its processes."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

PROGRAM = str(Path(sys.executable).with_name("paperclaims"))

_INTERVAL = 0.1
_SOME_REJECTED = 1
_PAGE = os.sysconf("SC_PAGE_SIZE")
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Measured:
    """What a run took: seconds on the clock, seconds of processor time and the highest sum of resident bytes.

    Memory that processes share counts once for each, so the sum is an upper bound.
    """

    seconds: float
    cpu_seconds: float
    peak_bytes: int


def run(arguments: Sequence[str], *, output: Path | None = None) -> Measured:
    """Runs a program to its end; raises ``RuntimeError`` with its last words where it fails."""
    started = time.perf_counter()
    with open(output or os.devnull, "wb") as stream:
        process = subprocess.Popen(arguments, stdout=stream, stderr=subprocess.PIPE)
    peak = 0
    cpu: dict[int, float] = {}
    while process.poll() is None:
        resident = 0
        for pid in _family(process.pid):
            if (used := _used(pid)) is not None:
                cpu[pid], size = used
                resident += size
        peak = max(peak, resident)
        time.sleep(_INTERVAL if time.perf_counter() - started > 1 else _INTERVAL / 10)
    seconds = time.perf_counter() - started
    assert process.stderr is not None
    said = process.stderr.read().decode()
    if process.returncode not in (0, _SOME_REJECTED):
        raise RuntimeError(f"{' '.join(arguments)}: status {process.returncode}: {said[-500:]}")
    return Measured(seconds, sum(cpu.values()), peak)


def _family(pid: int) -> list[int]:
    """A process and all that descend from it."""
    found = [pid]
    for parent in found:
        try:
            children = Path(f"/proc/{parent}/task/{parent}/children").read_text()
        except OSError:
            continue
        found += map(int, children.split())
    return found


def _used(pid: int) -> tuple[float, int] | None:
    """Processor seconds and resident bytes of a process; None where it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return (int(fields[11]) + int(fields[12])) / _TICKS, int(fields[21]) * _PAGE
