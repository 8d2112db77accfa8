"""Identifiers of papers in one normal form, and ids that are hashes of content.

The normal forms decide which records are one paper (DESIGN.md, "Identity"): arXiv id without its version, else DOI,
else folded title.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata

_ARXIV_ID = re.compile(r"(?:arxiv:)?(\d{4}\.\d{4,5}|[a-z-]+(?:\.[a-z]{2})?/\d{7})(?:v(\d{1,3}))?", re.ASCII)
_ARXIV_DOI = re.compile(r"10\.48550/arxiv\.(.+)", re.ASCII)
_DOI_PREFIX = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:)\s*")
_NOT_WORD = re.compile(r"[\W_]+")


def normal_arxiv_id(text: str | None) -> str | None:
    """The arXiv id without its version ("arXiv:2506.20331v2" → "2506.20331"); None where ``text`` is not one."""
    match = _ARXIV_ID.fullmatch((text or "").strip().lower())
    return match[1] if match else None


def normal_doi(text: str | None) -> str | None:
    """The DOI in lower case without a resolver's address before it; None where ``text`` is not one."""
    doi = _DOI_PREFIX.sub("", (text or "").strip().lower(), count=1)
    return doi if doi.startswith("10.") and "/" in doi else None


def arxiv_id_of_doi(doi: str | None) -> str | None:
    """The arXiv id that a DOI registered by arXiv itself holds ("10.48550/arxiv.2506.20331" → "2506.20331")."""
    match = _ARXIV_DOI.fullmatch(doi or "")
    return normal_arxiv_id(match[1]) if match else None


def folded_title(title: str) -> str:
    """The title's letters and digits, compatibility-normalised and case-folded, words parted by one space.

    >>> folded_title("STIV:  Scalable Text-and-Image")
    'stiv scalable text and image'
    """
    return _NOT_WORD.sub(" ", unicodedata.normalize("NFKC", title).casefold()).strip()


def content_hash(*parts: object) -> str:
    """80 bits of BLAKE2b over the parts' text, as 20 hex digits: equal parts give equal ids, everywhere and always."""
    text = "\x1f".join("\x00" if part is None else str(part) for part in parts)
    return hashlib.blake2b(text.encode(), digest_size=10).hexdigest()
