"""Imported by the server that workers are forked from, and nowhere else: a worker that finds its parent gone is silent.

After Ctrl-C the server may still fork a worker that was asked for before; it cannot read its orders any more, and its
traceback would bury the one line that the user is told.
"""

from __future__ import annotations

import sys
from types import TracebackType

_PARENT_GONE = (FileNotFoundError, EOFError, ConnectionError)


def _report(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if not issubclass(kind, _PARENT_GONE):
        sys.__excepthook__(kind, error, trace)


sys.excepthook = _report
