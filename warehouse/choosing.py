"""Which text of a paper its claims come from: the first, until the same source brings a newer version."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from enum import Enum


class Effect(Enum):
    """What a record does to its paper."""

    NEW = "new"
    CHANGED = "changed"
    KNOWN = "known"


@dataclass(frozen=True, slots=True)
class Sighting:
    """What the choice looks at; ``paper_row`` is None for a sighting that is in the database already."""

    sighting_id: str
    source: str
    text_hash: str
    arxiv_version: int | None
    published: datetime.date | None
    code: str
    paper_row: int | None
    extractor_version: str


@dataclass(slots=True)
class ShownText:
    """The sighting whose text a paper shows, and the texts (source, hash) that were seen before."""

    shown: Sighting | None
    seen: set[tuple[str, str]]

    def see(self, sighting: Sighting) -> Effect:
        """Take the sighting in, and show it where it is the first, a newer version, or the same text read anew."""
        first_time = (sighting.source, sighting.text_hash) not in self.seen
        self.seen.add((sighting.source, sighting.text_hash))
        if self.shown is None:
            self.shown = sighting
            return Effect.NEW
        same_text = sighting.text_hash == self.shown.text_hash
        read_anew = same_text and sighting.extractor_version != self.shown.extractor_version
        if read_anew or (first_time and not same_text and _is_newer(sighting, self.shown)):
            self.shown = sighting
            return Effect.CHANGED
        return Effect.KNOWN


def _is_newer(sighting: Sighting, shown: Sighting) -> bool:
    """Of the same source, and neither its arXiv version nor its date of publication goes back."""
    if sighting.source != shown.source or (sighting.arxiv_version or 0) < (shown.arxiv_version or 0):
        return False
    return not (sighting.published and shown.published and sighting.published < shown.published)
