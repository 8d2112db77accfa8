"""A whole JSON document: a list of records, or an object that holds one. Long lists are read item by item."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from typing import Any

from flows.readers.errors import UnreadableSource
from flows.readers.json_lines import decode
from flows.readers.records import papers_in, reject
from flows.readers.streams import HEAD_BYTES, MAX_LINE_BYTES, Stream, read_whole
from schemas.records import Paper, Reject

MAX_DOCUMENT_BYTES = 64 * 1024 * 1024
"""An object is held whole, so it may not be larger than this; lists may."""

_GAP = re.compile(r"[ \t\r\n]*")
_BEFORE_ITEM = re.compile(r"[ \t\r\n]*,?[ \t\r\n]*")


def read(source: str, stream: Stream) -> Iterator[Paper | Reject]:
    """The papers of a JSON document, in order; raises :class:`UnreadableSource` where it is not JSON."""
    if stream.peek(HEAD_BYTES)[:HEAD_BYTES].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"["):
        yield from _read_list(source, stream)
        return
    try:
        value = decode(read_whole(source, stream, MAX_DOCUMENT_BYTES))
    except ValueError as error:
        raise UnreadableSource(source, f"not valid JSON: {error}") from error
    yield from papers_in(value, source, "")


def _read_list(source: str, stream: Stream) -> Iterator[Paper | Reject]:
    items = _Items(stream)
    number = 0
    while True:
        number += 1
        place = f"item {number}"
        try:
            item = items.next()
        except StopIteration:
            return
        except ValueError as error:
            # Nothing tells where the next record starts, so this is the end of what can be read.
            yield reject(source, place, "json", f"not valid JSON from here on: {error}", items.rest())
            return
        yield from papers_in(item, source, place)


class _Items:
    """The items of a JSON list, decoded one by one from a growing window on the stream."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._text = ""
        self._at = 0
        self._decode = codecs.getincrementaldecoder("utf-8-sig")().decode
        self._ended = False
        self._scan = json.JSONDecoder().raw_decode
        self._first = True

    def next(self) -> Any:
        """The next item; raises StopIteration at the end of the list, ValueError where the text is no JSON list."""
        self._open()
        while True:
            match = _BEFORE_ITEM.match(self._text, self._at)
            start = match.end() if match else self._at
            if self._text[start : start + 1] == "]":
                raise StopIteration
            try:
                item, end = self._scan(self._text, start)
            except RecursionError as error:
                raise ValueError("nested too deeply") from error
            except ValueError:
                if not self._grow():
                    raise
                continue
            # A number at the very end of the window may go on behind it.
            if end == len(self._text) and self._grow():
                continue
            self._at = end
            return item

    def rest(self) -> str:
        """What the window shows from the item that could not be decoded on."""
        return self._text[self._at : self._at + HEAD_BYTES]

    def _open(self) -> None:
        if self._first:
            self._first = False
            self._grow()
            match = _GAP.match(self._text)
            self._at = (match.end() if match else 0) + 1

    def _grow(self) -> bool:
        """Double the window (so that the work stays linear); False where there is no more, or no more is allowed."""
        self._text, self._at = self._text[self._at :], 0
        if self._ended or len(self._text) > MAX_LINE_BYTES:
            return False
        data = self._stream.read(max(HEAD_BYTES, len(self._text)))
        self._ended = not data
        self._text += self._decode(data, final=self._ended)
        return True
