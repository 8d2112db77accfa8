"""Text dumps of Hugging Face paper pages: a few header lines, a date, then title and abstract in turn.

The page shows no year, so its date is kept as it is written (``page_date``). What is a title and what an abstract is
told by shape, not only by turn, so that one paper without an abstract does not shift all that follow.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from flows.readers.identifiers import parse_date
from flows.readers.records import checked
from flows.readers.rejects import reject
from flows.readers.streams import MAX_LINE_BYTES, Stream, lines
from flows.readers.text import unwrap_abstract, unwrap_title
from schemas.records import MAX_TEXT_CHARS, Paper, Reject

_LONG = 200  # characters: longer than titles, shorter than nearly all abstracts
_SENTENCE_END = (".", "!", ")", "}", "$")
_MONTH = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\.?"
_DATE = re.compile(rf"(?:{_MONTH} \d{{1,2}}(?:, \d{{4}})?|\d{{1,2}} {_MONTH}(?: \d{{4}})?)", re.IGNORECASE)
_HEADER = re.compile(r"get trending papers in your email.{0,40}|by ?.{0,60} and the research community", re.IGNORECASE)
_BEFORE_NAME = re.compile(r"(?:submitted|published) by:?", re.IGNORECASE)  # the next line is who
_NOISE = re.compile(
    r"new|trending|daily|weekly|monthly|subscribe|login|sign ?up|log ?in|papers|upvote|"
    rf"{_HEADER.pattern}|"
    r"(?:submitted|published) (?:by|on)\b.{0,60}|(?:·\s*)?\d[\d.,]*k?(?:\s*(?:authors?|upvotes?|comments?|stars?))?|"
    r"github\s*[\d.,]*k?|arxiv page|project page|view (?:pdf|arxiv page)|[-–—·•*▲\s]+",
    re.IGNORECASE,
)


def has_header(head: str) -> bool:
    """Whether text starts with lines that only such pages have: the newsletter's or the community's."""
    return any(_HEADER.fullmatch(line) for line in _first_lines(head))


def is_page(head: str) -> bool:
    """Whether text starts like such a page: its header lines, or a short line and then a paragraph."""
    body = [line for line in _first_lines(head) if not _is_furniture(line)]
    return has_header(head) or any(len(a) <= _LONG < len(b) for a, b in itertools.pairwise(body))


def _first_lines(head: str) -> list[str]:
    return [stripped for line in head.splitlines()[:100] if (stripped := line.strip())][:20]


def _is_furniture(line: str) -> bool:
    return len(line) <= _LONG and bool(_NOISE.fullmatch(line) or _DATE.fullmatch(line))


def _is_prose(line: str) -> bool:
    """Whether a line under a title is its abstract, rather than the title of the next paper."""
    several_sentences = len(line) > _LONG / 2 and ". " in line
    return len(line) > _LONG or line.endswith(_SENTENCE_END) or several_sentences or "http" in line


@dataclass
class _Pending:
    """The paper being put together, with the line that it began on."""

    line: int
    title: str = ""
    abstract: str = ""


class _Page:
    """A page, read line by line; ``take`` gives the paper that a line ends, if it ends one."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._date = ""
        self._pending: _Pending | None = None
        self._name_follows = False

    def take(self, number: int, text: str) -> Iterator[Paper | Reject]:
        if self._name_follows:
            self._name_follows = False
        elif len(text) <= _LONG and _DATE.fullmatch(text):
            yield from self.finish()
            self._date = text
        elif _is_furniture(text):
            self._name_follows = bool(_BEFORE_NAME.fullmatch(text))
        elif not self._goes_on(text):
            yield from self.finish()
            is_title = len(text) <= _LONG
            self._pending = _Pending(number, title=text) if is_title else _Pending(number, abstract=text)

    def finish(self) -> Iterator[Paper | Reject]:
        """The paper that is being put together."""
        pending, self._pending = self._pending, None
        if pending is None:
            return
        published = parse_date(self._date)
        yield checked(
            Paper(
                title=unwrap_title(pending.title),
                abstract=unwrap_abstract(pending.abstract),
                published=published,
                page_date=None if published else self._date or None,
                source=self._source,
                record=f"line {pending.line}",
            )
        )

    def _goes_on(self, text: str) -> bool:
        """Take a line as abstract, or as a further paragraph of it; False where it starts the next paper."""
        pending = self._pending
        if pending is None or not (len(text) > _LONG if pending.abstract else _is_prose(text)):
            return False
        if len(pending.abstract) <= MAX_TEXT_CHARS:  # a longer one is a reject already
            pending.abstract += "\n\n" + text if pending.abstract else text
        return True


def read(source: str, stream: Stream) -> Iterator[Paper | Reject]:
    """The papers of a page dump, in order."""
    page = _Page(source)
    for number, raw in lines(stream):
        if raw is None:
            yield reject(source, f"line {number}", "record_size", f"a line over {MAX_LINE_BYTES // 1024**2} MiB")
            continue
        # Bytes that are no UTF-8 become lone surrogates, which the check of the paper finds.
        text = raw.decode("utf-8", "surrogateescape").lstrip("\ufeff").strip()
        if text:
            yield from page.take(number, text)
    yield from page.finish()
