"""Which paper a record is: by arXiv id, else by DOI, else by folded title (DESIGN.md, "Identity").

Two records whose titles agree are still two papers where both have different ids.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

Key = tuple[str, str]
"""A scheme (arxiv, doi, title, text) and the identifier in its normal form."""

_UNIQUE = ("arxiv", "doi")


@dataclass(slots=True)
class Identities:
    """The identifiers known so far; :meth:`resolve` adds those of each record that it is asked about."""

    papers: dict[Key, list[str]] = field(default_factory=lambda: defaultdict(list))
    ids: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    added: list[tuple[str, str, str]] = field(default_factory=list)

    @classmethod
    def of(cls, rows: Iterable[tuple[str, str, str]]) -> Identities:
        """The identities in rows (scheme, value, paper_id) of the table ``identifiers``."""
        known = cls()
        for scheme, value, paper_id in rows:
            known._remember((scheme, value), paper_id)
        return known

    def resolve(self, keys: list[Key], new_id: str) -> str:
        """The ``paper_id`` of the record with these keys (strongest first); ``new_id`` where it is a new paper."""
        paper_id = self._find(dict(keys), keys) or new_id
        for key in keys:
            taken = self.papers[key]
            if paper_id not in taken and not (taken and key[0] in _UNIQUE):
                self._remember(key, paper_id)
                self.added.append((*key, paper_id))
        return paper_id

    def _find(self, own_ids: dict[str, str], keys: list[Key]) -> str | None:
        for key in keys:
            for paper_id in self.papers.get(key, ()):
                if not self._differs(paper_id, own_ids):
                    return paper_id
        return None

    def _differs(self, paper_id: str, own_ids: dict[str, str]) -> bool:
        """Whether paper and record have ids of the strongest scheme that both have, and they disagree."""
        for scheme in _UNIQUE:
            theirs, ours = self.ids[paper_id].get(scheme), own_ids.get(scheme)
            if theirs and ours:
                return theirs != ours
        return False

    def _remember(self, key: Key, paper_id: str) -> None:
        self.papers[key].append(paper_id)
        if key[0] in _UNIQUE:
            self.ids[paper_id].setdefault(*key)
