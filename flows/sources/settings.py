"""Settings of the network sources, each an environment variable."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Settings:
    """How sources on the network are asked.

    Attributes:
        huggingface_url: base address of the Hugging Face Hub (``PAPERCLAIMS_HF_URL``).
        arxiv_url: base address of arXiv's API (``PAPERCLAIMS_ARXIV_URL``).
        arxiv_delay: seconds between two requests to arXiv, as its terms of use ask (``PAPERCLAIMS_ARXIV_DELAY``).
        arxiv_max: papers of one query, the newest first (``PAPERCLAIMS_ARXIV_MAX``).
        contact: an address for the User-Agent, so that a server's owner can write (``PAPERCLAIMS_CONTACT``).
        timeout: seconds to wait for a connection, and for more of an answer (``PAPERCLAIMS_TIMEOUT``).
        retries: further tries where a request failed in passing (``PAPERCLAIMS_RETRIES``).
        backoff: seconds before the first of these, doubled each time (``PAPERCLAIMS_BACKOFF``).
        max_bytes: the largest answer that is taken (``PAPERCLAIMS_MAX_DOWNLOAD``, bytes).
        cache: the folder for answers that can be asked for again with "only if changed", and for notes of when a host
            was last asked (``PAPERCLAIMS_CACHE``).
    """

    huggingface_url: str
    arxiv_url: str
    arxiv_delay: float
    arxiv_max: int
    contact: str
    timeout: float
    retries: int
    backoff: float
    max_bytes: int
    cache: Path

    @classmethod
    def from_environment(cls) -> Settings:
        """The settings as the environment has them; raises ValueError, in one clear line, for one that is no number."""
        return cls(
            huggingface_url=os.environ.get("PAPERCLAIMS_HF_URL", "https://huggingface.co").rstrip("/"),
            arxiv_url=os.environ.get("PAPERCLAIMS_ARXIV_URL", "https://export.arxiv.org").rstrip("/"),
            arxiv_delay=_number("PAPERCLAIMS_ARXIV_DELAY", 3.0),
            arxiv_max=int(_number("PAPERCLAIMS_ARXIV_MAX", 1_000)),
            contact=os.environ.get("PAPERCLAIMS_CONTACT", ""),
            timeout=_number("PAPERCLAIMS_TIMEOUT", 30.0),
            retries=int(_number("PAPERCLAIMS_RETRIES", 4)),
            backoff=_number("PAPERCLAIMS_BACKOFF", 1.0),
            max_bytes=int(_number("PAPERCLAIMS_MAX_DOWNLOAD", 8 * 1024**3)),
            cache=Path(os.environ.get("PAPERCLAIMS_CACHE") or _default_cache()),
        )


def _number(name: str, default: float) -> float:
    text = os.environ.get(name)
    try:
        value = default if not text else float(text)
        if 0 <= value < 1e15:
            return value
    except ValueError:
        pass
    raise ValueError(f"the environment variable {name} must be a number of at least 0, not “{text}”")


def _default_cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "paperclaims"
