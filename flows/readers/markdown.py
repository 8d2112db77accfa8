"""Markdown digests of papers, in the forms that daily bots write.

A paper is a heading, a list item or a line of its own with its title (often a link), and its abstract below: labelled
("**Abstract:** …", ``<details><summary>Abstract</summary>``, a heading of its own) or simply the first long paragraph.
Tables with a title and an abstract column are read too. Headings with no abstract below them are the digest's own, but
a linked title without one is a reject.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flows.readers.errors import UnreadableSource
from flows.readers.fields import has_text_columns, is_known_column
from flows.readers.identifiers import parse_arxiv_id
from flows.readers.records import paper_from
from flows.readers.rejects import reject
from flows.readers.streams import MAX_LINE_BYTES, Stream, lines
from schemas.records import MAX_TEXT_CHARS, Paper, Reject

_PROSE = 200  # characters: a line that is longer, and no label, is a paragraph
_SHORT = 15  # characters: the text of a link like "PDF" or "arXiv page", where titles are longer
_MAX_LINE_CHARS = 3_000  # looked at for titles, labels and links; abstracts are taken whole
_HEADING = re.compile(r"#{1,6} +(.+?)[ #]*")
_LINK = re.compile(r"\[((?:[^\[\]]|\[[^\[\]]*\]){1,1000})\]\(<?(https?://[^\s()<>]+)>?[^()]{0,100}\)")
_BULLET = re.compile(r"(?:[-*+]|\d{1,4}[.)])\s+")
_NUMBER = re.compile(r"\[?\d{1,4}\]?[.):]?\s+")
_BOLD = re.compile(r"\*\*(.{1,1000}?)\*\*|__(.{1,1000}?)__")
_MARK = r"(?:\*\*|__|\*|_|</?b>|</?strong>)"
_LABEL = re.compile(rf"{_MARK}?([A-Za-z][A-Za-z /_-]{{1,30}}?)(?:\s*:\s*{_MARK}?|{_MARK}\s*:)\s*")
_SUMMARY = re.compile(rf"<summary>\s*{_MARK}?\s*(\w{{1,30}})\s*:?\s*{_MARK}?\s*</summary>\s*", re.IGNORECASE)
_TAG = re.compile(
    r"</?(?:p|br|ol|ul|li|details|summary|b|i|em|strong|sub|sup|div|span|blockquote)\b[^<>]{0,200}>", re.IGNORECASE
)
_RULE = re.compile(r"-{3,}|\*{3,}|_{3,}")
_DATE = re.compile(r"(?<!\d)\d{4}-\d{2}-\d{2}(?!\d)")
_ARXIV_LINK = re.compile(r"https?://\S{0,40}arxiv\.org/(?:abs|pdf|html)/[\w./-]{1,40}", re.IGNORECASE)
_MARKDOWN = re.compile(
    r"^(?:#{1,6} \S|[ >*+-]{0,6}\*{0,2}\[[^\]\n]{1,500}\]\(http|\|.{3,2000}\|[ \t\r]*\n\|[ :|-]+\|)", re.MULTILINE
)
_CELL_END = re.compile(r"(?<!\\)\|")
_SEPARATOR = re.compile(r"[\s:|-]+")
_LABELS = {"submitdate": "date", "author": "authors"}
_ABSTRACTS = ("abstract", "summary")


def is_markdown(text: str) -> bool:
    """Whether a line of the text is a heading, starts with a link, or is a table's, as Markdown writes them."""
    return bool(_MARKDOWN.search(text))


def read(source: str, stream: Stream) -> Iterator[Paper | Reject]:
    """The papers of a digest, in order; raises :class:`UnreadableSource` where there is none."""
    digest = _Digest(source)
    found = False
    for item in digest.items(stream):
        found = True
        yield item
    if not found:
        raise UnreadableSource(source, "Markdown without a paper (no title with an abstract, no such table)")


@dataclass
class _Item:
    """The paper that is being read, as far as it is known."""

    line: int
    record: dict[str, Any]
    sure: bool  # whether it is a paper even if no abstract follows
    writing: str | None = None  # the text that the next lines belong to
    block: bool = False  # whether that text goes on until its block is closed, not just to a blank line

    def write(self, text: str) -> None:
        if self.writing is not None:
            before = self.record.get(self.writing, "")
            if len(before) <= MAX_TEXT_CHARS:  # a longer one is a reject already
                self.record[self.writing] = f"{before}\n{text}" if before else text

    def end_text(self) -> None:
        self.writing, self.block = None, False

    @property
    def has_abstract(self) -> bool:
        return any(self.record.get(name) for name in _ABSTRACTS)


class _Digest:
    """A digest, read line by line."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._item: _Item | None = None
        self._columns: list[str] | None = None

    def items(self, stream: Stream) -> Iterator[Paper | Reject]:
        for number, raw in lines(stream):
            if raw is None:
                reason = f"a line over {MAX_LINE_BYTES // 1024**2} MiB"
                yield reject(self._source, f"line {number}", "record_size", reason)
            else:
                # Bytes that are no UTF-8 become lone surrogates, which the check of the paper finds.
                yield from self._take(number, raw.decode("utf-8", "surrogateescape").strip("\ufeff \t\r\n"))
        yield from self._finish()

    def _take(self, number: int, line: str) -> Iterator[Paper | Reject]:
        text = line.lstrip("> ")
        if text.startswith("|"):
            yield from self._take_row(number, text)
            return
        self._columns = None
        if _RULE.fullmatch(text):
            yield from self._finish()
        elif started := self._start(number, text):
            yield from self._finish()
            self._item = started
        elif self._item and text:
            _add_line(self._item, text)
        elif self._item:
            _add_blank_line(self._item)

    def _start(self, number: int, text: str) -> _Item | None:
        """The item that a line starts, if it starts one."""
        head = text[:_MAX_LINE_CHARS]
        heading, bullet = _HEADING.fullmatch(head), _BULLET.match(head)
        body = heading[1] if heading else head[bullet.end() :] if bullet else head
        if self._item and _field_of(body) in _ABSTRACTS:
            return None
        label = None if heading else _LABEL.match(body)
        if label and (name := _field_of(label[1])):
            record = {"title": _bare(body[label.end() :]), **_address(body)}
            return _Item(number, record, True) if name == "title" else None
        body = _NUMBER.sub("", body, count=1)
        link, bold = _LINK.search(body), _BOLD.match(body)
        if link and len(link[1]) > _SHORT and not body[: link.start()].strip("*_ "):
            return _Item(number, {"title": _bare(link[1]), **_address(body)}, True)
        if bullet and bold and len(bold[0]) > _SHORT:
            return _Item(number, {"title": _bare(bold[0]), **_address(body)}, False)
        return _Item(number, {"title": _bare(body)}, False) if heading else None

    def _finish(self) -> Iterator[Paper | Reject]:
        item, self._item = self._item, None
        if item and (item.sure or item.has_abstract):
            texts = {name: _clean(item.record[name]) for name in _ABSTRACTS if name in item.record}
            yield paper_from({**item.record, **texts}, self._source, f"line {item.line}")

    def _take_row(self, number: int, text: str) -> Iterator[Paper | Reject]:
        cells = [cell.strip().replace("\\|", "|") for cell in _CELL_END.split(text.strip("|"))]
        if self._columns is None:
            yield from self._finish()
            self._columns = [_bare(cell) for cell in cells]
        elif has_text_columns(self._columns) and not _SEPARATOR.fullmatch(text):
            yield self._paper_of_row(f"line {number}", self._columns, cells)

    def _paper_of_row(self, place: str, columns: list[str], cells: list[str]) -> Paper | Reject:
        if len(cells) != len(columns):
            reason = f"{len(cells)} columns, but the header has {len(columns)}"
            return reject(self._source, place, "columns", reason, cells)
        record: dict[str, Any] = {}
        for column, cell in zip(columns, cells, strict=True):
            name = _field_of(column)
            if name in _ABSTRACTS:
                record[column] = _clean(_SUMMARY.sub("", cell))
            elif name is not None:
                record[column] = _value(name, cell)
                for known, value in _address(cell).items():
                    record.setdefault(known, value)
        return paper_from(record, self._source, place)


def _add_blank_line(item: _Item) -> None:
    if item.block:
        item.write("")
    elif item.writing and item.record.get(item.writing):
        item.end_text()


def _add_line(item: _Item, text: str) -> None:
    """A line that starts no new item: a part of the abstract, a labelled field, or other facts."""
    head = text[:_MAX_LINE_CHARS]
    summary, heading = _SUMMARY.search(head), _HEADING.fullmatch(head)
    if summary or heading:
        name = _field_of(summary[1] if summary else heading[1] if heading else "")
        item.writing, item.block = (name if name in _ABSTRACTS else None), True
        text = text[summary.end() :] if summary else ""
    elif not item.block and _add_label(item, text):
        return
    elif not item.writing and not item.has_abstract and len(text) > _PROSE:
        item.writing = "abstract"
    last_of_block = text.rstrip().lower().endswith("</details>")
    if item.writing:
        item.write(_TAG.sub(" ", text).strip() if last_of_block else text)
    else:
        _add_facts(item, head)
    if last_of_block:
        item.end_text()


def _add_label(item: _Item, text: str) -> bool:
    """Take a line "Label: value" if its label is one that we know."""
    bullet = _BULLET.match(text)
    body = text[bullet.end() :] if bullet else text
    label = _LABEL.match(body)
    name = _field_of(label[1]) if label else None
    if label is None or name is None:
        return False
    value = body[label.end() :].strip()
    if name in _ABSTRACTS:
        item.writing = name
        item.write(value)
    else:
        item.end_text()
        item.sure = item.sure or name == "authors"
        item.record.setdefault(name, _value(name, value[:_MAX_LINE_CHARS]))
        _add_facts(item, value[:_MAX_LINE_CHARS])
    return True


def _add_facts(item: _Item, text: str) -> None:
    """Links and dates that stand beside a title without a label."""
    for known, value in _address(text).items():
        item.record.setdefault(known, value)
    for link in _LINK.finditer(text):
        if (name := _field_of(link[1])) is not None:
            item.record.setdefault(name, link[2])
    if date := _DATE.search(text):
        item.record.setdefault("date", date[0])


def _field_of(label: str) -> str | None:
    """The field that a label names; None for a word that is no label of ours."""
    folded = re.sub("[^a-z]", "", label.lower()) if len(label) < 2 * _SHORT else ""
    folded = _LABELS.get(folded, folded)
    return folded if is_known_column(folded) else None


def _value(name: str, text: str) -> str:
    """A field's value: the address of a link, but the words of a title or of names; a date alone where one is meant."""
    if name == "date" and (date := _DATE.search(text)):
        return date[0]
    link = _LINK.search(text)
    return link[2] if link and name not in ("title", "authors", "categories") else _bare(text)


def _address(text: str) -> dict[str, str]:
    """The paper's address, where a line shows arXiv's or starts with a linked title."""
    if (match := _ARXIV_LINK.search(text)) and (found := parse_arxiv_id(match[0])):
        return {"arxiv_id": found[0] + (f"v{found[1]}" if found[1] else ""), "url": match[0]}
    link = _LINK.search(text)
    return {"url": link[2]} if link and len(link[1]) > _SHORT else {}


def _bare(text: str) -> str:
    """Text without the marks of links and emphasis, and without tags."""
    return _TAG.sub(" ", _LINK.sub(lambda link: link[1], text)).replace("**", "").strip().strip("*_").strip()


def _clean(text: str) -> str:
    """An abstract without the marks and tags that the digest put around it."""
    text = _TAG.sub(" ", text).strip()
    for mark in ("**", "__", "*", "_", "```"):
        if text.startswith(mark) and text.endswith(mark) and len(text) > 2 * len(mark):
            text = text[len(mark) : -len(mark)].strip()
    return text
