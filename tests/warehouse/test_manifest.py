"""An export takes away what the one before left, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.warehouse.making import claim, load, paper
from warehouse import Warehouse
from warehouse.files import write_file
from warehouse.manifest import NAME, in_step


def export(folder: Path, names: Iterable[str]) -> None:
    """An export of files with these names."""

    def write(name: str) -> Path:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        return write_file(folder / name, name.encode())

    assert len(list(in_step(folder, map(write, names)))) == len([*names])


def left(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()} - {NAME}


def test_files_and_folders_that_are_no_longer_part_go(tmp_path: Path) -> None:
    export(tmp_path, ["a", "b/c", "b/d/e"])
    (tmp_path / "b/mine").touch()
    export(tmp_path, ["a", "f"])
    assert left(tmp_path) == {"a", "f", "b/mine"}
    assert not (tmp_path / "b/d").exists()


def test_a_file_that_was_changed_since_stays(tmp_path: Path) -> None:
    export(tmp_path, ["a", "b"])
    (tmp_path / "a").write_text("my own")
    export(tmp_path, ["b"])
    assert left(tmp_path) == {"a", "b"}


def test_an_export_that_breaks_off_takes_nothing_away(tmp_path: Path) -> None:
    export(tmp_path, ["a", "b"])

    def broken() -> Iterable[Path]:
        yield tmp_path / "a"
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        list(in_step(tmp_path, broken()))
    assert left(tmp_path) == {"a", "b"}


@pytest.mark.parametrize("name", ["../precious", "/ABSOLUTE", "link/precious", "b/../../precious", "link"])
def test_a_planted_manifest_reaches_nothing_outside(tmp_path: Path, name: str) -> None:
    outside, folder = tmp_path / "precious", tmp_path / "site"
    export(tmp_path, ["precious"])
    planted = (tmp_path / NAME).read_text().replace(" precious", f" {name.replace('/ABSOLUTE', str(outside))}")
    folder.mkdir()
    (folder / "b").mkdir()
    (folder / "link").symlink_to(outside if name == "link" else tmp_path)
    (folder / NAME).write_text(planted)
    export(folder, ["a"])
    assert outside.read_text() == "precious"
    assert (folder / "link").is_symlink()


@pytest.mark.parametrize("content", [b"", b"\xff\x00", b"nonsense\n" * 9, b"0" * 32 + b" .\n"])
def test_a_manifest_that_is_none_is_replaced(tmp_path: Path, content: bytes) -> None:
    (tmp_path / NAME).write_bytes(content)
    (tmp_path / "mine").touch()
    export(tmp_path, ["a"])
    assert left(tmp_path) == {"a", "mine"}


def test_the_page_of_a_paper_that_is_gone_goes_from_the_site(warehouse: Warehouse, tmp_path: Path) -> None:
    fast = claim("It is 3x faster.", "3x", value=3.0)
    load(warehouse, paper("One", fast), paper("Two", fast))
    warehouse.export(tmp_path / "site", ["html"])
    other = Warehouse(tmp_path / "other.duckdb")
    load(other, paper("One", fast))
    pages = len(list((tmp_path / "site/papers").rglob("*.html")))
    other.export(tmp_path / "site", ["html"])
    assert len(list((tmp_path / "site/papers").rglob("*.html"))) == pages - 1
