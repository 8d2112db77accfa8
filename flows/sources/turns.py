"""Turns to ask a host, so that its requests keep their distance: across threads, and across processes of one user.

Who asks holds a lock on a small file that notes when the host was last asked. Where no such file can be kept, the
distance holds within the process.
"""

from __future__ import annotations

import fcntl
import re
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO

_in_process = threading.Lock()
_last_turn: dict[str, float] = {}


def wait_for_turn(folder: Path, host: str, delay: float) -> None:
    """Wait until ``delay`` seconds have passed since anybody who shares the folder last asked this host.

    Args:
        folder: where the files are kept; made where it is missing.
        host: name of the host.
        delay: seconds; 0 waits for nothing.
    """
    if delay <= 0:
        return
    note = _open(folder, host)
    with _in_process:
        if note is None:
            _last_turn[host] = _wait(_last_turn.get(host, 0.0), delay, time.monotonic)
            return
        with note:
            fcntl.flock(note, fcntl.LOCK_EX)  # held while waiting: the next in turn waits here
            last = _number(note.read(64))
            note.seek(0)
            note.truncate()
            # Not the monotonic clock, which another process need not share.
            note.write(f"{_wait(last, delay, time.time):.3f}")


def _open(folder: Path, host: str) -> IO[str] | None:
    name = f"turn-{re.sub(r'[^a-z0-9.-]', '_', host.lower())[:100]}"
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        (folder / name).touch(mode=0o600)
        return (folder / name).open("r+", encoding="ascii", errors="replace")
    return None


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def _wait(last: float, delay: float, clock: Callable[[], float]) -> float:
    """Wait until the clock is ``delay`` beyond ``last``; the time then. A clock that was set back costs one delay."""
    rest = last + delay - clock()
    if rest > 0:
        time.sleep(min(rest, delay))
    return clock()
