"""Writes the files of an export."""

from __future__ import annotations

import os
from pathlib import Path


def write_file(path: Path, content: bytes) -> Path:
    """Put the content at the path, replacing what stands there: a link planted in the folder is not followed.

    Raises:
        OSError: the folder is missing or cannot be written to.
    """
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)
    with part.open("xb") as file:
        file.write(content)
    os.replace(part, path)
    return path
