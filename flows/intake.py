"""Papers from many sources as one stream; what could not be read is reported, and does not stop the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from flows.readers import UnreadableSource, read
from schemas.records import Paper, Reject
from schemas.safety import one_line

UNREADABLE = "unreadable"
"""The check that a reject names where it is a whole source, or the rest of one, that could not be read."""

Report = Callable[[Reject], None]


@dataclass(slots=True)
class Intake:
    """Reads ``sources`` in their order. Counts what it gives, and hands every reject to ``report`` as it comes up."""

    sources: Iterable[str]
    report: Report
    papers: int = 0
    rejects: int = 0

    def __iter__(self) -> Iterator[Paper]:
        for source in self.sources:
            try:
                for item in read(source):
                    if isinstance(item, Paper):
                        self.papers += 1
                        yield item
                    else:
                        self._reject(item)
            except UnreadableSource as error:
                self._reject(Reject(error.source, "", UNREADABLE, error.reason))

    def _reject(self, reject: Reject) -> None:
        self.rejects += 1
        self.report(reject)


def line(reject: Reject) -> str:
    """A reject as one line for the user: where, and why."""
    place = f"{reject.source}, {reject.place}" if reject.place else reject.source
    return one_line(f"{place}: {reject.reason}")
