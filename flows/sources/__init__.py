"""Sources on the network: Hugging Face's Daily Papers, arXiv's API, and any http(s) address of a readable file."""

from __future__ import annotations

from collections.abc import Iterator

from flows.readers.errors import UnreadableSource
from flows.sources.addresses import named, shown
from schemas.records import Paper, Reject

__all__ = ["read"]


def read(source: str) -> Iterator[Paper | Reject]:
    """The papers of a network source; raises :class:`UnreadableSource` where it gives nothing."""
    from flows.readers import read_stream
    from flows.sources import arxiv, huggingface
    from flows.sources.http import Client, opened
    from flows.sources.settings import Settings

    try:
        settings = Settings.from_environment()
    except ValueError as error:
        raise UnreadableSource(named(source), str(error)) from error
    kind = source.partition(":")[0].lower()
    with Client(settings) as client:
        if kind == "hf":
            yield from huggingface.read(source, client, settings)
        elif kind == "arxiv":
            yield from arxiv.read(source, client, settings)
        else:
            with opened(client, source) as body:
                yield from read_stream(shown(source), body)
