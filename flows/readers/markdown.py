"""Markdown digests of papers, in the forms that daily bots write.

A paper is a heading, a list item or a bold line with its title (often a link), with its abstract below: labelled
("**Abstract:** …", ``<details><summary>Abstract</summary>``, a heading of its own) or simply the first long paragraph.
Tables with a title and an abstract column are read too. Headings with no paper below them are the digest's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from flows.readers.errors import UnreadableSource
from flows.readers.identifiers import parse_arxiv_id
from flows.readers.records import has_text_columns, is_known_column, paper_from, reject
from flows.readers.streams import MAX_LINE_BYTES, Stream, lines
from schemas.records import MAX_TEXT_CHARS, Paper, Reject

_PROSE = 200  # characters: a line that is longer, and no label, is a paragraph
_HEADING = re.compile(r"(#{1,6}) +(.{1,2000}?)[ #]*")
_LINK = re.compile(
    r"\[((?:[^\[\]]|\[[^\[\]]*\]){1,1000})\]\(<?(https?://[^\s()<>]*(?:\([^\s()<>]*\)[^\s()<>]*)*)>?[^()]{0,100}\)"
)
_BULLET = re.compile(r"(?:[-*+]|\d{1,4}[.)])\s+")
_NUMBER = re.compile(r"(?:\[?\d{1,4}\]?[.):]?|[-–•])\s+")
_BOLD = re.compile(r"\*\*(.{1,1000}?)\*\*|__(.{1,1000}?)__")
_LABEL = re.compile(
    r"(?:\*\*|__|\*|_|<b>|<strong>)?([A-Za-z][A-Za-z /_-]{1,30}?)\s*(:?)\s*(?:\*\*|__|\*|_|</b>|</strong>)?\s*(:?)\s*"
)
_DETAILS = re.compile(r"<summary>\s*(?:<b>|\*\*)?\s*(\w{1,30})\s*:?\s*(?:</b>|\*\*)?\s*</summary>\s*", re.IGNORECASE)
_TAG = re.compile(
    r"</?(?:p|br|ol|ul|li|details|summary|b|i|em|strong|sub|sup|div|span|blockquote)\b[^<>]{0,200}>", re.I
)
_MARKDOWN = re.compile(
    r"^(?:#{1,6} \S|[ >*+-]{0,6}\*{0,2}\[[^\]\n]{1,500}\]\(http|\|.{3,2000}\|[ \t\r]*\n\|[ :|-]+\|)", re.MULTILINE
)
_RULE = re.compile(r"(?:-{3,}|\*{3,}|_{3,})")
_DATE = re.compile(r"(?<!\d)\d{4}-\d{2}-\d{2}(?!\d)")
_ARXIV_LINK = re.compile(r"https?://\S{0,40}arxiv\.org/(?:abs|pdf|html)/[\w./-]{1,40}", re.IGNORECASE)
_ABSTRACTS = ("abstract", "summary")


def is_markdown(text: str) -> bool:
    """Whether text has a heading, a link or a table as Markdown writes them, at the start of a line."""
    return bool(
        re.search(
            r"^(?:#{1,6} \S|[ >*+-]{0,6}\*{0,2}\[[^\]\n]{1,500}\]\(http|\|.{3,2000}\|\s*\n\|[ :|-]+\|)",
            text,
            re.MULTILINE,
        )
    )


@dataclass
class _Item:
    """What is known of the paper that is being read."""

    line: int
    record: dict[str, Any]
    surely_paper: bool
    writing: str | None = None  # the text field that following lines belong to
    closed: bool = False  # whether that field ends with its block rather than at a blank line
    shown: list[str] = field(default_factory=list)

    def write(self, text: str) -> None:
        if self.writing is not None:
            before = self.record.get(self.writing, "")
            if len(before) <= MAX_TEXT_CHARS:  # a longer one is a reject already
                self.record[self.writing] = f"{before}\n{text}" if before else text


def read(source: str, stream: Stream) -> Iterator[Paper | Reject]:
    """The papers of a digest, in order; raises :class:`UnreadableSource` where there is none."""
    digest = _Digest(source)
    results: list[Paper | Reject]
    found = False
    for number, raw in lines(stream):
        if raw is None:
            results = [reject(source, f"line {number}", "record_size", f"a line over {MAX_LINE_BYTES // 1024**2} MiB")]
        else:
            # Bytes that are no UTF-8 become lone surrogates, which the check of the paper finds.
            results = digest.take(number, raw.decode("utf-8", "surrogateescape").strip("\ufeff\r\n"))
        found = found or bool(results)
        yield from results
    last = digest.finish()
    if not found and not last:
        raise UnreadableSource(source, "Markdown without a paper (no title with an abstract, no such table)")
    yield from last


class _Digest:
    """Reads line by line; ``take`` gives what became complete."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._item: _Item | None = None
        self._header: list[str] | None = None

    def take(self, number: int, line: str) -> list[Paper | Reject]:
        text = line.strip().lstrip("> ").strip()
        if text.startswith("|"):
            return self._take_row(number, text)
        self._header = None
        if not text:
            if self._item and self._item.writing and not self._item.closed:
                self._end_paragraph(self._item)
            elif self._item:
                self._item.write("")
            return []
        if _RULE.fullmatch(text):
            return self.finish()
        title = self._title(text)
        if title is not None:
            done = self.finish()
            self._item = _Item(number, *title)
            return done
        if self._item:
            self._take_line(self._item, text)
        return []

    def finish(self) -> list[Paper | Reject]:
        """The paper that was being read, if it was one."""
        item, self._item = self._item, None
        if item is None or not (item.surely_paper or any(item.record.get(name) for name in _ABSTRACTS)):
            return []
        for name in _ABSTRACTS:
            if name in item.record:
                item.record[name] = _clean(item.record[name])
        return [paper_from(item.record, self._source, f"line {item.line}")]

    def _end_paragraph(self, item: _Item) -> None:
        if item.record.get(item.writing or ""):
            item.writing = None

    def _title(self, text: str) -> tuple[dict[str, Any], bool] | None:
        """The record that a line starts and whether it is a paper for sure; None for every other line."""
        heading = _HEADING.fullmatch(text)
        bullet = _BULLET.match(text)
        body = heading[2] if heading else text[bullet.end() :] if bullet else text
        if self._item and _field_of(body.strip("*_: ")) in _ABSTRACTS:
            return None
        label = _LABEL.match(body)
        if not heading and label and (label[2] or label[3]):
            titled = label[1].strip().lower() in ("title", "paper")
            return ({"title": _bare(body[label.end() :]), **_address(body)}, True) if titled else None
        body = _NUMBER.sub("", body, count=1) if _NUMBER.match(body) else body
        link = _LINK.search(body[:3000])
        if link and not body[: link.start()].strip("*_ []0123456789.") and len(link[1]) > 15:
            starts_item = heading or bullet or body.startswith(("**", "__")) or text.startswith("[")
            return ({"title": _bare(link[1]), **_address(body)}, True) if starts_item else None
        bold = _BOLD.match(body)
        if bullet and bold and len(bold[0]) > 15:
            return {"title": _bare(bold[0]), **_address(body)}, False
        return ({"title": _bare(body)}, False) if heading else None

    def _take_line(self, item: _Item, text: str) -> None:
        details = _DETAILS.search(text)
        heading = _HEADING.fullmatch(text)
        if details or heading:
            name = _field_of(details[1] if details else heading[2] if heading else "")
            item.writing, item.closed = (name if name in _ABSTRACTS else None), True
            text = text[details.end() :] if details else ""
        elif "</details>" in text.lower() and not _TAG.sub("", text).strip():
            item.writing, item.closed = None, False
            return
        elif not item.closed and self._take_label(item, text):
            return
        if item.writing:
            item.write(text)
        elif len(text) > _PROSE and not any(item.record.get(name) for name in _ABSTRACTS) and not details:
            item.writing, item.closed = "abstract", False
            item.write(text)
        else:
            self._take_facts(item, text)
        if "</details>" in text.lower():
            item.writing, item.closed = None, False

    def _take_label(self, item: _Item, text: str) -> bool:
        bullet = _BULLET.match(text)
        body = text[bullet.end() :] if bullet else text
        label = _LABEL.match(body)
        if label is None or not (label[2] or label[3]) or (name := _field_of(label[1])) is None:
            return False
        value = body[label.end() :].strip()
        if name in _ABSTRACTS:
            item.writing, item.closed = name, False
            item.write(value)
        else:
            item.writing = None
            item.surely_paper = item.surely_paper or name == "authors"
            link = _LINK.search(value[:3000])
            item.record.setdefault(name, link[2] if link and name != "authors" else _bare(value))
            self._take_facts(item, value)
        return True

    def _take_facts(self, item: _Item, text: str) -> None:
        """Links and dates that stand beside a title without a label."""
        text = text[:3000]
        for name, value in _address(text).items():
            item.record.setdefault(name, value)
        for link in _LINK.finditer(text):
            name = re.sub("[^a-z]", "", link[1].lower())
            if is_known_column(name):
                item.record.setdefault(name, link[2])
        if date := _DATE.search(text):
            item.record.setdefault("date", date[0])

    def _take_row(self, number: int, text: str) -> list[Paper | Reject]:
        cells = [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", text.strip().strip("|"))]
        if self._header is None:
            done = self.finish()
            self._header = [_bare(cell) for cell in cells]
            return done
        if not has_text_columns(self._header) or all(re.fullmatch(r":?-+:?", cell) for cell in cells):
            return []
        place = f"line {number}"
        if len(cells) != len(self._header):
            reason = f"{len(cells)} columns, but the header has {len(self._header)}"
            return [reject(self._source, place, "columns", reason, cells)]
        record: dict[str, Any] = {}
        for name, cell in zip(self._header, cells, strict=True):
            record.update(
                {name: _clean(_DETAILS.sub("", cell)), **{k: v for k, v in _address(cell).items() if k not in record}}
            )
            if (link := _LINK.fullmatch(cell.strip("* "))) and len(link[1]) <= 15:
                record[name] = link[2]
        return [paper_from(record, self._source, place)]


def _field_of(label: str) -> str | None:
    """The field that a label names; None for a word that is no label of ours."""
    folded = re.sub("[^a-z]", "", label.lower())
    folded = {"submitdate": "date", "author": "authors", "abs": "url"}.get(folded, folded)
    return folded if is_known_column(folded) else None


def _address(text: str) -> dict[str, str]:
    """The paper's address where a line shows arXiv's, or the first link's."""
    if (match := _ARXIV_LINK.search(text)) and parse_arxiv_id(match[0]):
        return {"arxiv_id": match[0], "url": match[0]}
    link = _LINK.search(text)
    return {"url": link[2]} if link else {}


def _bare(text: str) -> str:
    """Text without the marks of links and emphasis around it."""
    text = _LINK.sub(lambda link: link[1], text[:3000])
    return _TAG.sub(" ", text).strip().strip("*_").replace("**", "").strip()


def _clean(text: str) -> str:
    """An abstract without the marks and tags that the digest put around it."""
    text = _TAG.sub(" ", text).strip()
    for mark in ("**", "__", "*", "_", "```", '"'):
        if text.startswith(mark) and text.endswith(mark) and len(text) > 2 * len(mark):
            text = text[len(mark) : -len(mark)].strip()
    return text if text.count("](") == 0 else _LINK.sub(lambda link: link[1] if link[1] == link[2] else link[0], text)
