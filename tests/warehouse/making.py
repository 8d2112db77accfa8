"""Papers and claims for the tests, made from short sentences."""

from __future__ import annotations

from typing import Any

from schemas.frames import Frames, to_frames
from schemas.records import Claim, Entities, Extraction, Link, Paper
from schemas.tables import validate
from warehouse import Loaded, Warehouse

VERSION = "1"


def claim(sentence: str, span: str, **slots: Any) -> tuple[str, str, dict[str, Any]]:
    """A claim to be: its sentence, the number in it, and the slots that differ from a speedup in x."""
    return sentence, span, {"type": "speedup", "value": 1.0, "unit": "x"} | slots


def paper(
    title: str, *claims: tuple[str, str, dict[str, Any]], links: tuple[Link, ...] = (), **facts: Any
) -> tuple[Paper, Extraction]:
    """A paper whose abstract is the sentences of its claims, with the claims."""
    extraction_facts = {name: facts.pop(name) for name in ("code", "entities") if name in facts}
    sentences = list(dict.fromkeys(sentence for sentence, _, _ in claims))
    abstract = facts.pop("abstract", " ".join(sentences) or "We study numbers.")
    made = []
    for sentence, span, slots in claims:
        start = abstract.index(sentence) + sentence.index(span)
        made.append(Claim(span=span, start=start, end=start + len(span), field="abstract", sentence=sentence, **slots))
    extraction = Extraction(claims=tuple(made), links=links, **extraction_facts)
    return Paper(title=title, abstract=abstract, **{"source": "papers.jsonl"} | facts), extraction


def frames(*papers: tuple[Paper, Extraction]) -> Frames:
    """Validated frames; the papers are meant to be valid."""
    good, rejects = validate(to_frames(papers))
    assert rejects == []
    return good


def load(warehouse: Warehouse, *papers: tuple[Paper, Extraction], version: str = VERSION) -> Loaded:
    """Load the papers in a run of their own."""
    run = warehouse.start_run(["papers.jsonl"], version)
    loaded = warehouse.load(run, version, frames(*papers))
    warehouse.finish_run(run)
    return loaded


def code_link(url: str, repo: str | None = None, **facts: Any) -> Link:
    """A code link that the source declares."""
    return Link(url=url, role="code", repo=repo, origin="source", **facts)


__all__ = ["VERSION", "Entities", "claim", "code_link", "frames", "load", "paper"]
