"""JSON lines: one record a line. A bad line is a reject, the rest goes on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from flows.readers.records import papers_in
from flows.readers.rejects import reject
from flows.readers.streams import MAX_LINE_BYTES, Stream, lines
from schemas.records import Paper, Reject

_MAX_SHOWN_BYTES = 2_000


def read(source: str, stream: Stream) -> Iterator[Paper | Reject]:
    """The papers of a JSON lines stream, in order; blank lines are nothing."""
    for number, line in lines(stream):
        place = f"line {number}"
        if line is None:
            yield reject(source, place, "record_size", f"a line over {MAX_LINE_BYTES // 1024**2} MiB")
        elif line.strip(b" \t\r\n\xef\xbb\xbf"):
            yield from _papers_of_line(source, place, line)


def _papers_of_line(source: str, place: str, line: bytes) -> Iterator[Paper | Reject]:
    try:
        yield from papers_in(decode(line), source, place)
    except ValueError as error:
        shown = line[:_MAX_SHOWN_BYTES].decode("utf-8", "replace")
        yield reject(source, place, "json", f"not valid JSON: {error}", shown)


def decode(data: bytes) -> Any:
    """The value of JSON text in UTF-8; raises ValueError, with one short line, for everything that is none."""
    try:
        return json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise ValueError(f"byte {error.start} is not UTF-8") from error
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    except json.JSONDecodeError as error:
        raise ValueError(f"{error.msg} at character {error.pos}") from error
    except ValueError as error:
        raise ValueError("a number with too many digits") from error
