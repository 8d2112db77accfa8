"""Parquet parts: what goes in comes out, and what is no part of ours is refused."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows import part_files, parts
from flows.errors import UserError
from schemas.records import Claim, DeclaredLink, Entities, Extraction, Link, Paper

TEXTS = st.text(st.characters(codec="utf-8"), max_size=20)
CLAIMS = st.builds(
    Claim, span=TEXTS, start=st.integers(0, 99), end=st.integers(0, 99), value=st.floats(allow_nan=False)
)
FOUND = st.tuples(
    st.builds(Paper, authors=st.tuples(TEXTS), declared_links=st.tuples(st.builds(DeclaredLink, url=TEXTS))),
    st.builds(
        Extraction,
        claims=st.tuples(CLAIMS),
        links=st.tuples(st.builds(Link, url=TEXTS, start=st.none() | st.integers(0, 99), end=st.none())),
        entities=st.builds(Entities, models=st.tuples(TEXTS, TEXTS), benchmarks=st.just(()), hardware=st.just(())),
    ),
)


@settings(deadline=None)
@given(st.lists(FOUND, max_size=3))
def test_what_goes_in_comes_out(found: list[tuple[Paper, Extraction]]) -> None:
    try:
        data = parts.encode(found, "1.2")
    except UnicodeEncodeError:  # pragma: no cover  (the strategies make no surrogates)
        raise
    assert parts.decode(BytesIO(data)) == ("1.2", found)


def test_the_metadata_name_the_extractor_version(tmp_path: Path) -> None:
    path = tmp_path / "part.parquet"
    path.write_bytes(parts.encode([(Paper("t", "a"), Extraction())], "1.2"))
    assert pq.read_metadata(path).metadata[b"paperclaims.extractor_version"] == b"1.2"
    assert part_files.is_part(str(path))
    assert part_files.counts(str(path)) == (1, 0)


def test_other_parquet_files_are_no_parts(tmp_path: Path) -> None:
    path = tmp_path / "other.parquet"
    pq.write_table(pa.table({"title": ["t"], "abstract": ["a"]}), path)
    assert not part_files.is_part(str(path))
    assert part_files.find(str(path)) == []
    with path.open("rb") as file, pytest.raises(UserError, match=r"other\.parquet: its columns are not those"):
        parts.decode(file, path.name)


def test_the_name_tells_the_papers_and_the_version() -> None:
    names = {
        parts.part_name(0, [Paper("t", "a")], "1"),
        parts.part_name(0, [Paper("t", "b")], "1"),
        parts.part_name(0, [Paper("t", "a")], "2"),
        parts.part_name(9, [Paper("t", "a")], "1"),
    }
    assert len(names) == 4
    assert parts.part_name(0, [Paper("t", "a")], "1") in names
