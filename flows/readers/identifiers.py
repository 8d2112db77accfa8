"""arXiv identifiers, DOIs and dates, out of the many forms in which sources write them."""

from __future__ import annotations

import re
from datetime import date
from email.utils import parsedate_to_datetime

# https://info.arxiv.org/help/arxiv_identifier.html: YYMM.number since April 2007, archive/YYMMnumber before.
_ARXIV_ID = r"(?:\d{2}(?:0[1-9]|1[0-2])\.\d{4,5}|[a-z]+(?:-[a-z]+)?(?:\.[A-Z]{2})?/\d{2}(?:0[1-9]|1[0-2])\d{3})"
_ARXIV = re.compile(rf"(?:oai:)?(?:arxiv(?:\.org)?:)?\s*({_ARXIV_ID})(?:v(\d{{1,3}}))?(?:\s*\[[\w.-]{{1,20}}\])?", re.I)
_ARXIV_URL = re.compile(
    rf"https?://(?:[a-z]+\.)?(?:arxiv\.org/(?:abs|pdf|html|format|ps)|huggingface\.co/papers|alphaxiv\.org/abs)/"
    rf"({_ARXIV_ID})(?:v(\d{{1,3}}))?(?:\.pdf)?/?(?:[?#]\S*)?",
    re.IGNORECASE,
)
_IN_NAME = re.compile(r"(?<![\d.])\d{2}(?:0[1-9]|1[0-2])\.\d{4,5}(?:v\d{1,3})?(?![\d])")
_ARXIV_DOI = re.compile(rf"10\.48550/arxiv\.({_ARXIV_ID})(?:v(\d{{1,3}}))?", re.IGNORECASE)
_DOI = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:\s*)?(10\.\d{4,9}/\S{1,500})", re.IGNORECASE)
_ISO_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ].{0,40})?")
_MAIL_DATE = re.compile(r"(?:[A-Z][a-z]{2}, )?\d{1,2} [A-Z][a-z]{2} \d{4}(?: .{1,30})?")
_WORD_DATE = re.compile(r"([A-Z][a-z]{2})[a-z]{0,6}\.? (\d{1,2}), (\d{4})")
_SLASHED_DATE = re.compile(r"(\d{4})/(\d{1,2})/(\d{1,2})")


def parse_arxiv_id(text: str) -> tuple[str, int | None] | None:
    """The arXiv identifier without version, and the version: ``"arXiv:2103.14030v2"`` gives ``("2103.14030", 2)``.

    The whole text must be an identifier, a link to the paper, or arXiv's DOI of it; else None.
    """
    text = text.strip()
    match = _ARXIV.fullmatch(text) or _ARXIV_URL.fullmatch(text)
    if match is None and (doi := parse_doi(text)) is not None:
        match = _ARXIV_DOI.fullmatch(doi)
    if match is None:
        return None
    return match[1], int(match[2]) if match[2] else None


def parse_doi(text: str) -> str | None:
    """The DOI in lower case (DOIs know no case), without resolver or ``doi:``; None where the text is not one DOI."""
    match = _DOI.fullmatch(text.strip())
    return match[1].lower() if match else None


def parse_date(text: str) -> str | None:
    """The day as YYYY-MM-DD, from ISO 8601, "Apr 16, 2025" or the mail form of RSS; None without a whole date."""
    text = _WORD_DATE.sub(r"\2 \1 \3", text.strip()[:100])
    match = _ISO_DATE.fullmatch(text) or _SLASHED_DATE.fullmatch(text)
    try:
        if match:
            return date(int(match[1]), int(match[2]), int(match[3])).isoformat()
        if not _MAIL_DATE.fullmatch(text):
            return None
        return parsedate_to_datetime(text if ":" in text else f"{text} 00:00").date().isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def arxiv_id_in_name(name: str) -> str | None:
    """The new-style arXiv identifier in a file's name or address, as arXiv names its full texts; None without one."""
    match = _IN_NAME.search(name.rpartition("/")[2])
    return match[0] if match else None
