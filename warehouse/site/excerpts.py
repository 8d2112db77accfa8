"""Texts cut to what fits a row: a page stays small whatever the papers hold."""

from __future__ import annotations

from schemas.safety import one_line

_MOST_CHARS = 300


def brief(text: str) -> str:
    """The visible text on one line, its end left out where it is very long."""
    shown = one_line(text)
    return shown if len(shown) <= _MOST_CHARS else f"{shown[: _MOST_CHARS - 1].rstrip()}…"


def excerpt(sentence: str, span: str, chars_before: int = _MOST_CHARS) -> tuple[str, str, str]:
    """The sentence before, in and after the span, without first words that are more than ``chars_before`` away.

    Unmarked, all in the first part, where the span stands in the sentence more than once.
    """
    if not span or sentence.count(span) != 1:
        return brief(sentence), "", ""
    before, _, after = (one_line(part) for part in sentence.partition(span))
    if len(before) > chars_before:
        last = before[-chars_before:]
        before = f"… {last.partition(' ')[2] or last}"
    return before, brief(span), brief(after)
