"""Which files an export wrote, so that the next one can take away those that are no longer part of it.

The manifest in the folder holds the hash and the path of every file. A file goes only if it stands in the manifest of
the export before, is not part of the new one, and still is what was written: nobody else's file is ever deleted.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

from warehouse.files import write_file

NAME = ".paperclaims-export"
"""The manifest's file name."""

_MAX_BYTES = 64 * 1024 * 1024
_LINE = re.compile(r"([0-9a-f]{32}) (\S.*)")


def in_step(folder: Path, files: Iterable[Path]) -> Iterator[Path]:
    """The files as they are written; at the end, what the export before left is taken away and the manifest kept.

    An export that breaks off takes nothing away.

    Raises:
        OSError: the folder cannot be written to.
    """
    before = _read(folder)
    now: dict[str, str] = {}
    for path in files:
        now[path.relative_to(folder).as_posix()] = _hash(path)
        yield path
    write_file(folder / NAME, "".join(f"{now[name]} {name}\n" for name in sorted(now)).encode())
    for name in sorted(before.keys() - now.keys()):
        _take_away(folder, name, before[name])


def _read(folder: Path) -> dict[str, str]:
    """Path → hash, as the export before left them; nothing where there is no manifest, or none of ours."""
    path = folder / NAME
    try:
        if path.is_symlink() or path.stat().st_size > _MAX_BYTES:
            return {}
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return {}
    return {match[2]: match[1] for line in lines if (match := _LINE.fullmatch(line))}


def _take_away(folder: Path, name: str, content_hash: str) -> None:
    path = folder / name
    inside = os.path.realpath(path) == os.path.join(os.path.realpath(folder), *Path(name).parts)
    if Path(name).is_absolute() or ".." in Path(name).parts or not inside:
        return  # a path that leads out of the folder, or through a link
    with suppress(OSError):  # gone already, or a folder in its place
        if _hash(path) == content_hash:
            path.unlink()
            for parent in path.relative_to(folder).parents[:-1]:
                (folder / parent).rmdir()  # fails, and ends this, where something is left in it


def _hash(path: Path) -> str:
    return blake2b(path.read_bytes(), digest_size=16).hexdigest()
