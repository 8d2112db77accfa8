"""Sentence boundaries by rule: ``paperclaims_sentences`` sets ``Token.is_sent_start``."""

from __future__ import annotations

from bisect import bisect_left
from functools import cache

import numpy as np
import regex
from spacy.attrs import IDX, SENT_START
from spacy.language import Language
from spacy.tokens import Doc

from extractors.tokenizer import text_of, tokenizer_data

# A blank line, or a closing mark with its quotes and brackets, then white space; the tokenizer parts "end.Start" too.
# A run of marks is looked at from its first only, and never given back: else a long one takes quadratic time.
_CANDIDATE = regex.compile(
    r"\n\s*\n\s*|(?<![.!?。])(?P<mark>[.!?。]++)[\"'”’)\]}]*+(?:\s+|(?<=\p{Ll}\.)(?=\p{Lu}\p{Ll}+\s))"
)
_BLANK_LINE = regex.compile(r"\n\s*\n")
_LAST_WORD = regex.compile(r"[^\s(\[{]+$")
_INITIAL = regex.compile(r"\p{Lu}\.$")
_CAMEL_CASE = regex.compile(r"\p{Ll}+\p{Lu}")
_LOOK_BEHIND_CHARS = 24
_NO_START = np.uint64(2**64 - 1)  # -1, as spaCy writes it


@cache
def _abbreviations() -> tuple[frozenset[str], frozenset[str]]:
    data = tokenizer_data()["abbreviations"]
    return frozenset(data["inner"]), frozenset(data["final"])


def _ends_sentence(text: str, mark_end: int, next_start: int) -> bool:
    """Whether the full stop that ends at ``mark_end`` closes a sentence when the next word begins at ``next_start``."""
    following = text[next_start : next_start + _LOOK_BEHIND_CHARS]
    if not following or following[0] in ",;:)]}":
        return False
    word = _LAST_WORD.search(text[max(0, mark_end - _LOOK_BEHIND_CHARS) : mark_end])
    last = word.group() if word else ""
    inner, final = _abbreviations()
    if last in inner or _INITIAL.fullmatch(last):
        return False
    if following[0].islower() and not _CAMEL_CASE.match(following):
        # "... of vLLM. we show": careless capitals, but not after an abbreviation, a letter or a number.
        return last not in final and len(last) > 3 and last[:-1].isalpha() and text[mark_end - 1] == "."
    return True


def sentence_starts(text: str) -> list[int]:
    """Character offsets at which a sentence begins, the first (0) included."""
    starts = [0]
    for match in _CANDIDATE.finditer(text):
        mark_end = match.end("mark")
        if mark_end == -1 or _BLANK_LINE.search(match[0]) or _ends_sentence(text, mark_end, match.end()):
            starts.append(match.end())
    return starts


@Language.component("paperclaims_sentences", assigns=["token.is_sent_start"])
def paperclaims_sentences(doc: Doc) -> Doc:
    """Marks the first token of every sentence; title and abstract, parted by a blank line, never share one."""
    if not len(doc):
        return doc
    offsets = doc.to_array([IDX]).tolist()
    marks = np.zeros(len(offsets), dtype=np.uint64)
    # A Doc of one sentence has boundaries only where a token says that it is none.
    marks[-1] = _NO_START
    marks[
        [index for start in sentence_starts(text_of(doc)) if (index := bisect_left(offsets, start)) < len(offsets)]
    ] = 1
    # All at once: every assignment to Token.is_sent_start would look through the whole Doc.
    return doc.from_array([SENT_START], marks)  # type: ignore[arg-type]
