"""Answers of servers that give an ETag or a Last-Modified, kept to be asked for again with "only if changed".

One file an address: a line of JSON about the answer, then its bytes. The cache only saves traffic: where it cannot be
read or written, all works without it.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

MAX_BODY_BYTES = 64 * 1024 * 1024
"""Larger answers are not kept."""

_MAX_AGE_SECONDS = 30 * 24 * 3600
_SUFFIX = ".answer"


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server said to recognise an answer by."""

    url: str
    etag: str | None
    last_modified: str | None
    size: int

    def headers(self) -> dict[str, str]:
        """The headers that ask for the answer only if it has changed."""
        named = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in named.items() if value}


class Cache:
    """The answers kept in one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find(self, url: str) -> tuple[Validators, IO[bytes]] | None:
        """The kept answer of an address as a temporary file of its own, or None."""
        try:
            with self._path(url).open("rb") as kept:
                validators = Validators(**json.loads(kept.readline(16_384)))
                body: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
                shutil.copyfileobj(kept, body)
        except (OSError, ValueError, TypeError):
            return None
        whole = body.tell() == validators.size and validators.url == url
        body.seek(0)
        return (validators, body) if whole else None

    def keep(self, validators: Validators, body: IO[bytes]) -> None:
        """Keep an answer, whole or not at all; ``body`` is read from its start and rewound."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with tempfile.NamedTemporaryFile(dir=self._folder, suffix=".part", delete=False) as part:
                part.write(json.dumps(asdict(validators)).encode() + b"\n")
                body.seek(0)
                shutil.copyfileobj(body, part)
            os.replace(part.name, self._path(validators.url))
            self._forget_old()
        except OSError:
            pass
        body.seek(0)

    def _path(self, url: str) -> Path:
        return self._folder / (hashlib.sha256(url.encode("utf-8", "replace")).hexdigest() + _SUFFIX)

    def _forget_old(self) -> None:
        oldest = time.time() - _MAX_AGE_SECONDS
        for path in (*self._folder.glob("*" + _SUFFIX), *self._folder.glob("*.part")):
            if path.stat().st_mtime < oldest:
                path.unlink(missing_ok=True)
