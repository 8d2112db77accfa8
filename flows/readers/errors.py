"""What a reader raises when nothing of a source can be used."""

from __future__ import annotations


def one_line(text: str) -> str:
    """The text as one line that a terminal and a database take: no control characters, nothing that is not Unicode."""
    return " ".join("".join(character if character.isprintable() else " " for character in text).split())


class UnreadableSource(Exception):
    """A source that cannot be read at all, or not from some place on; ``str()`` is one clear line for the user.

    Attributes:
        source: the name of the source, as the user gave it or as it was found.
        reason: what is wrong and what to do, without the name.
    """

    def __init__(self, source: str, reason: str) -> None:
        self.source = one_line(source)
        self.reason = one_line(reason)
        super().__init__(f"{self.source}: {self.reason}")
