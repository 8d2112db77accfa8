"""Where parts are kept: a folder of this machine, or one that fsspec can reach ("s3://bucket/parts", "memory://parts").

A part is complete or absent: on this machine it is written beside its place and renamed; object stores show an object
only when it is whole.
"""

from __future__ import annotations

import os
from fnmatch import fnmatch
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from flows import parts
from flows.errors import UserError
from flows.sources.addresses import named

if TYPE_CHECKING:
    import pyarrow.parquet as pq

_FOR_READERS = ("http://", "https://", "ftp://")


def is_url(place: str) -> bool:
    """Whether a place is one for fsspec: a URL, but none that the readers know."""
    return "://" in place and not place.startswith(_FOR_READERS)


def find(source: str) -> list[str]:
    """The parts that a source names: those in a folder, or one file; empty where it holds none.

    Raises UserError where its file system cannot be reached.
    """
    if is_url(source):
        system, path = _reached(source)
        try:
            names = system.ls(path, detail=False) if system.exists(path) else []
        except OSError as error:
            raise UserError(f"{named(source)}: cannot be read ({error})") from error
        return sorted(system.unstrip_protocol(name) for name in names if _is_part_name(name))
    folder = Path(source)
    if folder.is_dir():
        return sorted(map(str, folder.glob(parts.PART_PATTERN)))
    return [source] if folder.suffix == ".parquet" and folder.is_file() and is_part(source) else []


def make_folder(place: str) -> None:
    """Makes a folder for parts where there is none; raises UserError where that cannot be."""
    if is_url(place):
        system, path = _reached(place)
        try:
            system.makedirs(path, exist_ok=True)
        except OSError as error:
            raise UserError(f"{named(place)}: cannot be written ({error})") from error
        return
    folder = Path(place)
    if folder.exists() and not folder.is_dir():
        raise UserError(f"{named(place)}: is a file; --format parquet writes a folder of parts")
    folder.mkdir(parents=True, exist_ok=True)


def join(folder: str, name: str) -> str:
    """The place of a part in a folder."""
    return f"{folder.rstrip('/')}/{name}" if is_url(folder) else str(Path(folder) / name)


def opened(place: str) -> IO[bytes]:
    """A part opened for reading; raises ``OSError`` where it cannot be."""
    if is_url(place):
        system, path = _reached(place)
        stream: IO[bytes] = system.open(path, "rb")
        return stream
    return Path(place).open("rb")


def is_part(place: str) -> bool:
    """Whether the file is a Parquet part of ours, by its metadata."""
    metadata = _metadata(place)
    return metadata is not None and parts.VERSION_KEY in (metadata.metadata or {})


def counts(place: str) -> tuple[int, int] | None:
    """How many papers and claims a finished part holds; None where there is no such part."""
    metadata = _metadata(place)
    return parts.counted(metadata) if metadata else None


def write(place: str, data: bytes) -> None:
    """Writes a part: it is whole or absent, also after a crash."""
    if is_url(place):
        system, path = _reached(place)
        system.pipe_file(path, data)
        return
    target = Path(place)
    temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def _metadata(place: str) -> pq.FileMetaData | None:
    """The Parquet metadata of a file; None where it is missing or none of Parquet."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with opened(place) as file:
            return pq.read_metadata(file)
    except (pa.ArrowException, OSError):
        return None


def _is_part_name(path: str) -> bool:
    return fnmatch(path.rsplit("/", 1)[-1], parts.PART_PATTERN)


def _reached(place: str) -> tuple[Any, str]:
    """The file system of a URL, and the path in it."""
    from fsspec.core import url_to_fs  # type: ignore[import-untyped]

    try:
        system, path = url_to_fs(place)
    except (ImportError, ValueError, OSError) as error:
        raise UserError(f"{named(place)}: its file system cannot be reached ({error})") from error
    return system, path
