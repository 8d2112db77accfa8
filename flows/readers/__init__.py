"""Readers: one small module a format behind one door, :func:`read`.

A format is found by content, not by name. A source is a file, a folder, a glob, ``-`` for stdin, an http(s) address,
``hf:DAY`` or ``arxiv:QUERY``; gzip and Zstandard are unpacked on the way. What can be long is streamed (JSON lines and
lists, page dumps, digests, tables, feeds), a single document (full text, one JSON object) has a bounded size.

To add a format, write ``flows/readers/<format>.py`` with ``read(source, stream)`` and tell it in
:mod:`flows.readers.sniff`.
"""

from __future__ import annotations

import glob
import importlib
import os
import re
from collections.abc import Iterable, Iterator
from typing import IO

from flows.readers.errors import UnreadableSource, one_line
from flows.readers.rejects import reject
from flows.readers.sniff import find_format
from flows.readers.streams import look, open_file
from flows.sources.addresses import named
from schemas.records import Paper, Reject

__all__ = ["UnreadableSource", "read", "read_stream"]

_NETWORK = re.compile(r"(?:hf|arxiv):|https?://", re.IGNORECASE)
_OTHER_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)


def read(source: str) -> Iterator[Paper | Reject]:
    """The papers of a source in their order, and a :class:`Reject` for everything in it that is none.

    Args:
        source: a file, a folder (all files in it, sorted, hidden ones left out), a glob, ``-`` for stdin, an http(s)
            address, ``hf:DAY``, ``hf:DAY..DAY``, ``hf:today`` or ``arxiv:QUERY`` (see :mod:`flows.sources`).

    Raises:
        UnreadableSource: where nothing of the source can be used (one clear line). A file among others that cannot be
            read is a Reject (``check_name`` "unreadable"), and so is the rest of a file that breaks in its middle.
    """
    if _NETWORK.match(source):
        yield from _read_network(source)
    elif _OTHER_ADDRESS.match(source):
        raise UnreadableSource(named(source), "not an address that is read: only http and https, hf: and arxiv: are")
    elif source != "-" and os.path.isdir(source):
        yield from _read_all(source, _files_in(source))
    elif source != "-" and not os.path.lexists(source) and glob.has_magic(source):
        found = sorted(glob.glob(source, recursive=True))
        yield from _read_all(source, (file for path in found for file in _files_of(path)))
    else:
        yield from _read_file(source)


def read_stream(source: str, stream: IO[bytes]) -> Iterator[Paper | Reject]:
    """The papers of an open byte stream; ``source`` is its name. Errors are those of :func:`read`."""
    yield from _what_can_be_read(source, _read_stream(source, stream))


def _read_stream(source: str, stream: IO[bytes]) -> Iterator[Paper | Reject]:
    head, whole = look(source, stream)
    reader = importlib.import_module(f"flows.readers.{find_format(source, head)}")
    yield from reader.read(source, whole)


def _what_can_be_read(source: str, items: Iterator[Paper | Reject]) -> Iterator[Paper | Reject]:
    """The items, and a reject for the rest where they break off after the first."""
    read_any = False
    try:
        for item in items:
            yield item
            read_any = True
    except UnreadableSource as error:
        if not read_any:
            raise
        yield reject(source, "the rest", "unreadable", error.reason)


def _read_network(source: str) -> Iterator[Paper | Reject]:
    # Only here, so that reading a file does not wait for an HTTP client to be imported.
    from flows import sources

    yield from _what_can_be_read(source, sources.read(source))


def _read_file(path: str) -> Iterator[Paper | Reject]:
    name = _printable(path)
    stream = open_file(path)
    try:
        yield from read_stream(name, stream)
    except OSError as error:
        raise UnreadableSource(name, f"cannot be read ({error.strerror or error})") from error
    finally:
        if path != "-":
            stream.close()


def _printable(path: str) -> str:
    """The path as text that can be stored: file names may hold bytes that are no UTF-8, and line breaks."""
    return one_line(path.encode("utf-8", "surrogateescape").decode("utf-8", "replace"))


def _read_all(source: str, paths: Iterable[str | OSError]) -> Iterator[Paper | Reject]:
    found_any = False
    for path in paths:
        found_any = True
        if isinstance(path, OSError):
            yield reject(_printable(str(path.filename)), "", "unreadable", f"cannot be opened ({path.strerror})")
            continue
        try:
            yield from _read_file(path)
        except UnreadableSource as error:
            yield reject(_printable(path), "", "unreadable", error.reason)
    if not found_any:
        raise UnreadableSource(source, "no file there")


def _files_of(path: str) -> Iterator[str | OSError]:
    if os.path.isdir(path):
        yield from _files_in(path)
    else:
        yield path


def _files_in(folder: str) -> Iterator[str | OSError]:
    """The files below a folder, sorted, and an error for each folder that cannot be listed."""
    errors: list[OSError] = []
    for parent, folders, names in os.walk(folder, onerror=errors.append):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = os.path.join(parent, name)
            # Pipes and devices in a folder are not files to read; a link to nothing is one that fails.
            if not name.startswith(".") and (os.path.isfile(path) or not os.path.exists(path)):
                yield path
    yield from errors
