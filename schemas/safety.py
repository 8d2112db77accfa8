"""Makes text of unknown origin harmless where it lands: a terminal, a spreadsheet, a Markdown page.

Like :mod:`schemas.records` it needs only the standard library: the stream of ``paperclaims extract`` uses it.
"""

from __future__ import annotations

import re

# Control characters (the ESC of terminal sequences too), lone surrogates, and the marks that reverse or hide the
# order of letters (Unicode bidirectional formatting; see "Trojan Source", CVE-2021-42574). Line ends and tabs stay;
# a lone carriage return, which lets a terminal write over the line, does not.
_UNSEEN = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]|\r(?!\n)"
)
_SPACES = re.compile(r"[ \t\r\n]+")
# What Excel, LibreOffice or Google Sheets take for the start of a formula, full-width forms included (OWASP).
_FORMULA = re.compile(r"\s*[=+\-@|%＝＋－＠]|[\t\r\n]")
_NUMBER = re.compile(r"[+-]?\d[\d.,]*(?:[eE][+-]?\d+)?%?")
# Inside a table cell only these begin markup; GitHub also links bare addresses, which the last three prevent.
_MARKDOWN = re.compile(r"[\\`*_\[\]|~$@]|:(?=//)|(?<=[wW]{3})\.")


def visible(text: str) -> str:
    """The text with unseen characters written out ("\\u202e"), so that it reads as it stands."""
    if text.isprintable():  # nearly every text, and ten times faster to find
        return text
    return _UNSEEN.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def one_line(text: str) -> str:
    """The visible text on one line."""
    if text.isprintable():
        return text
    return visible(_SPACES.sub(lambda match: match[0] if match[0].isprintable() else " ", text))


def spreadsheet_cell(text: str) -> str:
    """The visible text, with an apostrophe before what a spreadsheet would run as a formula; numbers stay numbers."""
    shown = visible(text)
    return f"'{shown}" if _FORMULA.match(shown) and not _NUMBER.fullmatch(shown) else shown


def markdown_cell(text: str) -> str:
    """The text on one line as a cell of a Markdown table: nothing in it is markup, a link or HTML."""
    escaped = _MARKDOWN.sub(r"\\\g<0>", one_line(text))
    return escaped.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def markdown_link(text: str) -> str:
    """The text as a link to itself where it is a web address, else as any other cell."""
    return f"<{text}>" if web_address(text) and "|" not in text else markdown_cell(text)


def web_address(text: str | None) -> str | None:
    """The address if it is one of the web (http or https) without spaces or quotes, else None."""
    return text if text and re.fullmatch(r"https?://[^\s<>\"'`\\]+", text) else None
