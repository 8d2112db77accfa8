"""Text of unknown origin, where it is shown: nothing runs, nothing hides, and the time is linear."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.safety import markdown_cell, one_line, spreadsheet_cell, visible, web_address

ANY_TEXT = st.text(st.characters(codec=None)) | st.text("\r\n\t =+-@%|0123456789.\u202e\ud800\x1b")


@given(ANY_TEXT)
def test_nothing_unseen_is_left(text: str) -> None:
    shown = visible(text)
    unseen = {character for character in shown if unicodedata.category(character) in ("Cc", "Cs")}
    assert unseen <= {"\n", "\t", "\r"}
    assert "\r" not in shown.replace("\r\n", "")
    assert not set(shown) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\ufeff")


@given(ANY_TEXT)
def test_one_line_is_one_line(text: str) -> None:
    assert len(one_line(text).splitlines()) <= 1


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a \r\n\t b", "a b"),
        ("a\rb", "a b"),
        ("a\u00a0b  c", "a\u00a0b  c"),
        ("\x1b[31m", "\\u001b[31m"),
    ],
)
def test_line_ends_become_spaces_and_escapes_are_written_out(text: str, shown: str) -> None:
    assert one_line(text) == shown


@pytest.mark.parametrize("number", ["-5", "+5%", "-1.5e-3", "1,000"])
def test_numbers_stay_numbers_in_a_spreadsheet(number: str) -> None:
    assert spreadsheet_cell(number) == number


@given(st.sampled_from("=+-@\t\r＝＋－＠|%"), st.text())
def test_what_begins_like_a_formula_is_text(start: str, rest: str) -> None:
    cell = spreadsheet_cell(f"{start}a{rest}")
    assert cell.startswith(("'", "\\"))


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html,x", "//x.example", "https://x y", "ftp://x", 'http://"']
)
def test_only_web_addresses_are_links(address: str) -> None:
    assert web_address(address) is None


@pytest.mark.parametrize("unit", [" ", "\t", "\r", "=", "a ", "|", "\u202e", "\ud800", "\\", "&"])
def test_time_is_linear(unit: str) -> None:
    text = unit * (1_000_000 // len(unit)) + "\n."
    start = time.process_time()
    for safe in (visible, one_line, spreadsheet_cell, markdown_cell):
        safe(text)
    assert time.process_time() - start < 5
