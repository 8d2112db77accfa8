"""Parquet parts: what ``extract --format parquet`` writes and ``run`` merges. One row a paper, with nested lists.

Its Parquet metadata name the extractor version that made it. The columns follow the record types of
:mod:`schemas.records`, read from their annotations, so that the two cannot part ways. :mod:`flows.part_files` keeps
parts.
"""

from __future__ import annotations

import hashlib
import types
import typing
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from io import BytesIO
from typing import IO, TYPE_CHECKING, Any, TypeVar

from flows.errors import UserError
from schemas.records import Extraction, Paper

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

PART_PAPERS = 1_000
"""Papers in a part file. A part is also the unit of work that a resumed extraction skips."""

VERSION_KEY = b"paperclaims.extractor_version"
PART_PATTERN = "part-?????????-????????????????.parquet"

_CLAIMS_KEY = b"paperclaims.claims"

_Record = TypeVar("_Record")


@dataclass(frozen=True, slots=True)
class PartRow:
    """One row of a part."""

    paper: Paper
    extraction: Extraction


def encode(found: Iterable[tuple[Paper, Extraction]], extractor_version: str) -> bytes:
    """The papers with their extractions as the bytes of one Parquet file."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = [PartRow(paper, extraction) for paper, extraction in found]
    schema = part_schema()
    arrays = [pa.array([_plain(getattr(row, field.name)) for row in rows], type=field.type) for field in schema]
    sink = BytesIO()
    claims = sum(len(row.extraction.claims) for row in rows)
    metadata = {VERSION_KEY: extractor_version.encode(), _CLAIMS_KEY: str(claims).encode()}
    table = pa.Table.from_arrays(arrays, schema=schema.with_metadata(metadata))
    pq.write_table(table, sink, compression="zstd")
    return sink.getvalue()


def decode(file: IO[bytes], name: str = "part") -> tuple[str, list[tuple[Paper, Extraction]]]:
    """The extractor version of a part, and its papers with their extractions.

    Raises UserError, which names the part ``name``, where the file is damaged or no part of ours.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(file)
    except (pa.ArrowException, OSError) as error:
        raise UserError(f"{name}: damaged Parquet part ({str(error).splitlines()[0]}); extract it again") from error
    version = (table.schema.metadata or {}).get(VERSION_KEY)
    if version is None or not table.schema.equals(part_schema()):
        raise UserError(f"{name}: its columns are not those of this version's parts; extract it again")
    rows = [_record(PartRow, row) for row in table.to_pylist()]
    return version.decode(), [(row.paper, row.extraction) for row in rows]


def part_name(first: int, papers: Sequence[Paper], extractor_version: str) -> str:
    """The file name of the part that begins with the ``first``-th paper of the input.

    Its last piece is a hash of the papers and the extractor version: so a finished part is known again.
    """
    digest = hashlib.sha256(repr((extractor_version, papers)).encode(errors="backslashreplace"))
    return f"part-{first:09d}-{digest.hexdigest()[:16]}.parquet"


def counted(metadata: pq.FileMetaData) -> tuple[int, int]:
    """How many papers and claims a part holds, by its Parquet metadata."""
    return metadata.num_rows, int(metadata.metadata[_CLAIMS_KEY])


@cache
def part_schema() -> pa.Schema:
    """The Arrow schema of a part, from the annotations of the record types."""
    import pyarrow as pa

    return pa.schema([(name, _arrow_type(hint)) for name, hint in typing.get_type_hints(PartRow).items()])


def _arrow_type(hint: Any) -> pa.DataType:
    import pyarrow as pa

    if is_dataclass(hint):
        return pa.struct([(name, _arrow_type(inner)) for name, inner in typing.get_type_hints(hint).items()])
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is tuple:
        return pa.list_(_arrow_type(arguments[0]))
    if origin in (types.UnionType, typing.Union):
        return _arrow_type(next(argument for argument in arguments if argument is not type(None)))
    if origin is typing.Literal:
        return pa.string()
    return {str: pa.string(), float: pa.float64(), int: pa.int64(), bool: pa.bool_()}[hint]


def _plain(value: Any) -> Any:
    """A record as dicts, lists and scalars, as pyarrow takes them."""
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    if is_dataclass(value):
        return {name: _plain(getattr(value, name)) for name in _names(typing.cast(Any, type(value)))}
    return value


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


@cache
def _inner_records(kind: Any) -> dict[str, type]:
    """The fields of a record that hold records, or tuples of anything; with the record type, or ``str``."""
    found: dict[str, type] = {}
    for name, hint in typing.get_type_hints(kind).items():
        if typing.get_origin(hint) is tuple:
            found[name] = typing.get_args(hint)[0]
        elif is_dataclass(hint):
            found[name] = typing.cast(type, hint)
    return found


def _record(kind: type[_Record], row: dict[str, Any]) -> _Record:
    for name, inner in _inner_records(typing.cast(Any, kind)).items():
        value = row[name]
        if isinstance(value, dict):
            row[name] = _record(inner, value)
        elif is_dataclass(inner):
            row[name] = tuple(_record(inner, part) for part in value)
        else:
            row[name] = tuple(value)
    return kind(**row)
