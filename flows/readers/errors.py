"""What a reader raises when nothing of a source can be used."""

from __future__ import annotations


class UnreadableSource(Exception):
    """A source that cannot be read at all, or not from some place on; ``str()`` is one clear line for the user.

    Attributes:
        source: the name of the source, as the user gave it or as it was found.
        reason: what is wrong and what to do, without the name.
    """

    def __init__(self, source: str, reason: str) -> None:
        self.source = source
        self.reason = " ".join(reason.split())
        super().__init__(f"{source}: {self.reason}")
