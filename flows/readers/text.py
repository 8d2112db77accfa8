"""Text as a paper keeps it.

A container's own line wrapping is undone and nothing else is changed: in a title every line break becomes one space;
in an abstract a single line break becomes one space and a paragraph's end stays a blank line. White space at both ends
goes. Text without a line break in it comes out as it came in.
"""

from __future__ import annotations

_SENTENCE_ENDS = (".", "!", "?")


def unwrap_title(text: str) -> str:
    """The title on one line."""
    return " ".join(stripped for line in text.splitlines() if (stripped := line.strip()))


def unwrap_abstract(text: str) -> str:
    """The abstract with one line a paragraph, and a blank line between paragraphs.

    A paragraph ends at a blank line, or, as arXiv writes it, at a sentence's end before an indented line.
    """
    text = text.strip()
    if "\n" not in text:
        return text
    paragraphs: list[list[str]] = [[]]
    for line in text.split("\n"):
        lines = paragraphs[-1]
        stripped = line.strip(" \t\r")
        if lines and (not stripped or (line.startswith("  ") and lines[-1].endswith(_SENTENCE_ENDS))):
            paragraphs.append([])
        if stripped:
            paragraphs[-1].append(stripped)
    return "\n\n".join(" ".join(lines) for lines in paragraphs if lines)
