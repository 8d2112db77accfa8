"""Text in, claims out: one spaCy pipeline of registered components, with its rules and word lists as data beside it.

Knows nothing of files that users bring, of databases or of Prefect. The door is :func:`load`::

    extractor = extractors.load()
    extraction = extractor.extract(title, abstract)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from extractors.pipeline import Extractor

__all__ = ["EXTRACTOR_VERSION", "load", "version"]

EXTRACTOR_VERSION = "0.4.0"
"""Stored with every paper; a paper is extracted again when this changes."""


def version(fast: bool = False) -> str:
    """What is stored with a paper: EXTRACTOR_VERSION, marked where it was read by the ``fast`` extractor."""
    return f"{EXTRACTOR_VERSION}+fast" if fast else EXTRACTOR_VERSION


def load(fast: bool = False) -> Extractor:
    """The extractor with the models of the package, loaded once a process (about a second).

    Args:
        fast: do without the network: more than twice as fast, and less often right.
    """
    from extractors.pipeline import load as load_pipeline

    return load_pipeline(fast)
