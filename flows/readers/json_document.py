"""JSON that is not one record a line: a list of records, an object that holds one, or several of these in a row.

Values are decoded one by one from a window on the stream, so a list may be as long as it likes.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from typing import Any

from flows.readers.errors import UnreadableSource
from flows.readers.records import papers_in
from flows.readers.rejects import reject
from flows.readers.streams import HEAD_BYTES, MAX_LINE_BYTES, Stream
from schemas.records import Paper, Reject

MAX_OBJECT_CHARS = 64 * 1024 * 1024
"""An object that stands alone is held whole, so it may not be longer than this; an item of a list 16 Mi."""

_GAP = re.compile(r"[ \t\r\n]*")
_GAP_IN_LIST = re.compile(r"[ \t\r\n]*,?[ \t\r\n]*")


def read(source: str, stream: Stream) -> Iterator[Paper | Reject]:
    """The papers of a JSON document, in order; raises :class:`UnreadableSource` where it is not JSON."""
    values = _Values(stream)
    number = 0
    while True:
        number += 1
        try:
            value = values.next()
        except StopIteration:
            return
        except ValueError as error:
            # Nothing tells where the next record starts, so this is the end of what can be read.
            if number == 1:
                raise UnreadableSource(source, f"not valid JSON: {error}") from error
            yield reject(source, f"item {number}", "json", f"not valid JSON from here on: {error}", values.rest())
            return
        yield from papers_in(value, source, f"item {number}" if values.in_list or number > 1 else "")


class _Values:
    """The values of a stream of JSON; the items of a list at the top count as values."""

    def __init__(self, stream: Stream) -> None:
        self.in_list = False
        self._stream = stream
        self._text = ""
        self._at = 0
        self._ended = False
        self._decode = codecs.getincrementaldecoder("utf-8-sig")().decode
        self._scan = json.JSONDecoder().raw_decode

    def next(self) -> Any:
        """The next value; raises StopIteration behind the last, ValueError where there is something that is no JSON."""
        while True:
            gap = (_GAP_IN_LIST if self.in_list else _GAP).match(self._text, self._at)
            start = gap.end() if gap else self._at
            character = self._text[start : start + 1]
            if not character:
                if not self._grow():
                    return self._end()
            elif character == ("]" if self.in_list else "["):
                self.in_list = not self.in_list
                self._at = start + 1
            elif (found := self._value_at(start)) is not None:
                self._at = found[1]
                return found[0]

    def rest(self) -> str:
        """What the window shows from the value that could not be decoded on."""
        return self._text[self._at : self._at + HEAD_BYTES]

    def _end(self) -> Any:
        if not self._ended:
            raise ValueError("a gap that is too long")
        if self.in_list:
            raise ValueError("the list does not end")
        raise StopIteration

    def _value_at(self, start: int) -> tuple[Any, int] | None:
        """The value that starts there, and where it ends; None where the window had to grow first."""
        try:
            value, end = self._scan(self._text, start)
        except RecursionError as error:
            raise ValueError("nested too deeply") from error
        except json.JSONDecodeError as error:
            if self._grow():
                return None
            raise ValueError(f"{error.msg} at character {error.pos - start} of it") from error
        # A number at the very end of the window may go on behind it.
        return None if end == len(self._text) and self._grow() else (value, end)

    def _grow(self) -> bool:
        """Double the window (so that the work stays linear); False where there is no more, or no more is allowed."""
        self._text, self._at = self._text[self._at :], 0
        if self._ended or len(self._text) > (MAX_LINE_BYTES if self.in_list else MAX_OBJECT_CHARS):
            return False
        try:
            data = self._stream.read(max(HEAD_BYTES, len(self._text)))
            self._ended = not data
            self._text += self._decode(data, final=self._ended)
        except UnicodeDecodeError as error:
            self._ended = True
            raise ValueError("bytes that are not UTF-8") from error
        return True
