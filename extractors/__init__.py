"""Text in, claims out: one spaCy pipeline of registered components, with its rules and word lists as data beside it.

Knows nothing of files that users bring, of databases or of Prefect. The door is :func:`load`::

    extractor = extractors.load()
    extraction = extractor.extract(title, abstract)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from extractors.pipeline import Extractor

__all__ = ["EXTRACTOR_VERSION", "load"]

EXTRACTOR_VERSION = "0.2.0"
"""Stored with every paper; a paper is extracted again when this changes."""


def load() -> Extractor:
    """The extractor with the models of the package, loaded once a process (about a second)."""
    from extractors.pipeline import load as load_pipeline

    return load_pipeline()
