"""Where the pages of the site are, relative to its folder."""

from __future__ import annotations

import hashlib
import re
from typing import Any

_SLUG_CHARS = 60


def board_path(name: str) -> str:
    """The page of a leaderboard."""
    return f"leaderboards/{name}.html"


def contest_path(board: str, key: tuple[Any, ...]) -> str:
    """The page of one contest of a leaderboard (a benchmark and metric, say), whatever the case and punctuation."""
    words = re.sub(r"[\W_]+", "-", "-".join(key).lower()).strip("-")
    slug = re.sub(r"[^a-z0-9-]+", "", words).strip("-")[:_SLUG_CHARS]
    return f"leaderboards/{board}/{slug}-{hashlib.sha256(words.encode()).hexdigest()[:8]}.html"


def paper_path(paper_id: str) -> str:
    """The page of a paper, in one of 256 folders so that none grows unwieldy; the same for ever.

    The readable part may lose characters, so the hash tells papers apart, also where file names ignore case.
    """
    digest = hashlib.sha256(paper_id.encode()).hexdigest()
    slug = re.sub(r"[^a-z0-9.]+", "-", paper_id.lower()).strip("-.")[:_SLUG_CHARS]
    return f"papers/{digest[:2]}/{slug}-{digest[2:10]}.html"


def claim_path(paper_id: str, claim_id: str) -> str:
    """The permalink of a claim: its paper's page at the words that make it."""
    return f"{paper_path(paper_id)}#claim-{claim_id}"
