"""Byte streams: opened, unpacked (gzip, Zstandard), looked into, and cut into lines, all in bounded memory."""

from __future__ import annotations

import gzip
import io
import sys
import zlib
from collections.abc import Iterator
from typing import IO, TYPE_CHECKING, Protocol

from flows.readers.errors import UnreadableSource

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

HEAD_BYTES = 65_536
"""So many bytes of a source are looked at to find its format."""

MAX_LINE_BYTES = 16 * 1024 * 1024
"""A longer line (or record) is a reject; it is skipped without being held in memory."""

MAX_EXPANSION = 200
"""Packed data that grows by more than this factor is taken for a bomb. Real papers in JSON grow by about 4."""

_EXPANSION_CHECKED_FROM = 64 * 1024 * 1024
_MAX_LAYERS = 2  # a .gz file that a server packs once more on the way
_GZIP_MAGIC = b"\x1f\x8b"
_ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
# One block of a Zstandard frame is at least 4 bytes and unpacks to at most 128 KiB, so this chunk to at most 32 MiB.
_ZSTD_CHUNK_BYTES = 1024


class Readable(Protocol):
    """What is asked of a byte stream."""

    def read(self, size: int, /) -> bytes: ...

    def close(self) -> None: ...


class _Raw(io.RawIOBase):
    """A readable raw stream over a function that gives at most so many bytes."""

    def readable(self) -> bool:
        return True

    def take(self, size: int) -> bytes:
        raise NotImplementedError

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        view = memoryview(buffer).cast("B")
        data = self.take(len(view))
        view[: len(data)] = data
        return len(data)


class _Prefixed(_Raw):
    """A stream with the bytes that were looked at put back before the rest."""

    def __init__(self, head: bytes, rest: Readable) -> None:
        self._head = head
        self._rest = rest

    def take(self, size: int) -> bytes:
        if self._head:
            data, self._head = self._head[:size], self._head[size:]
            return data
        return self._rest.read(size)

    def close(self) -> None:
        self._rest.close()
        super().close()


class _Failed(_Raw):
    """The place where a stream broke while it was looked at: whoever reads on gets the error."""

    def __init__(self, error: UnreadableSource) -> None:
        self._error = error

    def take(self, size: int) -> bytes:
        raise self._error


class Stream(io.BufferedReader):
    """The unpacked bytes of a source, as every reader gets them.

    ``file`` is the same bytes as a file that can seek, where the source is one that needed no unpacking.
    """

    file: IO[bytes] | None = None


class _Counted(_Raw):
    """A stream that knows how many bytes were taken from it."""

    def __init__(self, stream: Readable) -> None:
        self._stream = stream
        self.taken = 0

    def take(self, size: int) -> bytes:
        data = self._stream.read(size)
        self.taken += len(data)
        return data

    def close(self) -> None:
        self._stream.close()
        super().close()


class _Zstd:
    """Zstandard frames, unpacked. (``zstandard``'s own stream reader takes a cut frame for a whole one.)"""

    def __init__(self, packed: Readable) -> None:
        import zstandard

        self._packed = packed
        self._context = zstandard.ZstdDecompressor(max_window_size=2**27)
        self._frame = self._context.decompressobj()
        self._started = False
        self._ready = io.BytesIO()

    def read1(self, size: int) -> bytes:
        """At most ``size`` bytes; b"" at the end. Raises EOFError in the middle of a frame."""
        while not (data := self._ready.read(size)):
            chunk = self._frame.unused_data or self._packed.read(_ZSTD_CHUNK_BYTES)
            if self._frame.eof:
                self._frame = self._context.decompressobj()
                self._started = False
            if not chunk:
                if self._started:
                    raise EOFError("the packed data ends before its end marker")
                return b""
            self._started = True
            self._ready = io.BytesIO(self._frame.decompress(chunk))
        return data


class _Unpacked(_Raw):
    """What a packed stream unpacks to; damage and bombs end it with :class:`UnreadableSource`."""

    def __init__(self, name: str, packed: Readable, magic: bytes) -> None:
        self._name = name
        self._counted = _Counted(packed)
        self._kind = "gzip" if magic.startswith(_GZIP_MAGIC) else "Zstandard"
        self._stream = gzip.GzipFile(fileobj=self._counted) if self._kind == "gzip" else _Zstd(self._counted)
        self._given = 0

    def take(self, size: int) -> bytes:
        try:
            # Not read(): that would throw away what was unpacked before the place of the damage.
            data = self._stream.read1(size)
        except (OSError, EOFError, zlib.error) as error:
            raise UnreadableSource(self._name, f"damaged or cut {self._kind} data ({error})") from error
        except Exception as error:
            if type(error).__name__ != "ZstdError":
                raise
            raise UnreadableSource(self._name, f"damaged {self._kind} data ({error})") from error
        self._given += len(data)
        if self._given > max(_EXPANSION_CHECKED_FROM, MAX_EXPANSION * self._counted.taken):
            reason = f"{self._kind} data that grows more than {MAX_EXPANSION} times: taken for a decompression bomb"
            raise UnreadableSource(self._name, reason)
        return data

    def close(self) -> None:
        self._counted.close()
        super().close()


def open_file(path: str) -> IO[bytes]:
    """The file (or stdin, for "-") as a byte stream; raises :class:`UnreadableSource` where it cannot be opened."""
    if path == "-":
        return sys.stdin.buffer
    try:
        return open(path, "rb")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UnreadableSource(repr(path)[1:-1], f"cannot be opened ({reason})") from error


def look(name: str, stream: Readable) -> tuple[bytes, Stream]:
    """The first :data:`HEAD_BYTES` bytes of a stream, unpacked, and the whole unpacked stream.

    Pipes cannot seek, so nothing here seeks. Raises :class:`UnreadableSource` where the data is damaged or a bomb.
    """
    for layer in range(_MAX_LAYERS + 1):
        head, rest = _split_head(stream)
        whole = Stream(_Prefixed(head, rest), HEAD_BYTES)
        whole.file = stream if layer == 0 and isinstance(stream, io.BufferedReader) and stream.seekable() else None
        if not head.startswith((_GZIP_MAGIC, _ZSTD_MAGIC)):
            return head, whole
        stream = _Unpacked(name, whole, head[:4])
    raise UnreadableSource(name, f"packed more than {_MAX_LAYERS} times over: unpack it first")


def _split_head(stream: Readable) -> tuple[bytes, Readable]:
    """The first bytes and the rest. Where the stream breaks within them, what came before is still good."""
    parts: list[bytes] = []
    wanted = HEAD_BYTES
    try:
        while wanted > 0 and (part := stream.read(wanted)):
            parts.append(part)
            wanted -= len(part)
    except UnreadableSource as error:
        if not parts:
            raise
        return b"".join(parts), _Failed(error)
    return b"".join(parts), stream


def lines(stream: Stream) -> Iterator[tuple[int, bytes | None]]:
    """The lines of a stream with their numbers, from 1; None for a line over :data:`MAX_LINE_BYTES`."""
    number = 0
    while line := stream.readline(MAX_LINE_BYTES + 1):
        number += 1
        if len(line) <= MAX_LINE_BYTES or line.endswith(b"\n"):
            yield number, line
            continue
        del line
        while (part := stream.readline(HEAD_BYTES)) and not part.endswith(b"\n"):
            pass
        yield number, None


def read_whole(name: str, stream: Stream, limit: int) -> bytes:
    """All bytes of a document that must be held whole; raises :class:`UnreadableSource` over ``limit`` bytes."""
    data = stream.read(limit + 1)
    if len(data) > limit:
        raise UnreadableSource(name, f"a single document over {limit // 1024**2} MiB: too large to read")
    return data
