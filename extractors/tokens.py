"""The tokens of a Doc as plain lists: spaCy makes an object for every token that is looked at, and that is slow."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass

from spacy.attrs import IDX, ORTH, SENT_START, SPACY
from spacy.strings import StringStore
from spacy.tokens import Doc

from extractors.tokenizer import text_of

_KEY = "paperclaims_tokens"
_MAX_STRINGS = 200_000


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of one Doc: their words, the offset of each, whether white space follows, sentences as token ranges.

    ``title_end`` is the number of tokens that begin in the title or the break behind it, which ends at
    ``abstract_start``.
    """

    text: str
    abstract_start: int
    words: list[str]
    offsets: list[int]
    spaced: list[int]
    sentences: list[tuple[int, int]]
    title_end: int

    def __len__(self) -> int:
        return len(self.words)

    def slice(self, start: int, end: int) -> str:
        """The text of the tokens from ``start`` to before ``end`` (at least one)."""
        return self.text[self.offsets[start] : self.offsets[end - 1] + len(self.words[end - 1])]

    def starting_from(self, offset: int) -> int:
        """The first token that begins at a character offset or behind it."""
        return bisect_left(self.offsets, offset)

    def ending_by(self, offset: int) -> int:
        """The number of tokens that end at a character offset or before it."""
        end = bisect_left(self.offsets, offset)
        return end - 1 if end and self.offsets[end - 1] + len(self.words[end - 1]) > offset else end


class _Strings(dict[int, str]):
    """The strings of hashes that were met before: spaCy's store decodes UTF-8 at every look-up."""

    def of(self, orths: list[int], store: StringStore) -> list[str]:
        """The strings of these hashes, in their order."""
        if len(self) > _MAX_STRINGS:
            self.clear()
        try:
            return [self[orth] for orth in orths]
        except KeyError:
            self.update({orth: store[orth] for orth in orths if orth not in self})
            return [self[orth] for orth in orths]


_strings = _Strings()


def tokens_of(doc: Doc) -> Tokens:
    """The tokens of a Doc that has its sentences and ``doc._.abstract_start``; made once a Doc."""
    tokens: Tokens | None = doc.user_data.get(_KEY)
    if tokens is None:
        tokens = doc.user_data[_KEY] = _read(doc)
    return tokens


def _read(doc: Doc) -> Tokens:
    orths, offsets, spaced, starts = doc.to_array([ORTH, IDX, SPACY, SENT_START]).T.tolist()
    firsts = [i for i, mark in enumerate(starts) if mark == 1 or i == 0]
    abstract_start = doc._.abstract_start
    return Tokens(
        text=text_of(doc),
        abstract_start=abstract_start,
        words=_strings.of(orths, doc.vocab.strings),
        offsets=offsets,
        spaced=spaced,
        sentences=list(zip(firsts, [*firsts[1:], len(orths)], strict=True)) if orths else [],
        title_end=bisect_left(offsets, abstract_start),
    )
