"""The page of a paper: its text with every claim marked by its offsets, and what each claim says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from schemas.safety import web_address
from warehouse.rendering import plain
from warehouse.site.labels import labels

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text, with the claims that it makes (several where their characters overlap)."""

    text: str
    claims: tuple[Record, ...] = ()


@dataclass(frozen=True, slots=True)
class PaperLink:
    """A web address of a paper; ``href`` is None where it is not one that a browser should follow."""

    label: str
    text: str
    href: str | None


def pieces(text: str, field: str, claims: Sequence[Record]) -> list[Piece]:
    """The text of a field cut at its claims, which come in order of their start."""
    cut: list[Piece] = []
    end = 0
    for start, stop, group in _runs([claim for claim in claims if claim["field"] == field]):
        if start > end:
            cut.append(Piece(text[end:start]))
        cut.append(Piece(text[start:stop], tuple(group)))
        end = stop
    if end < len(text):
        cut.append(Piece(text[end:]))
    return cut


def _runs(claims: Sequence[Record]) -> Iterator[tuple[int, int, list[Record]]]:
    """Claims that share characters, with the first and the last of these."""
    group: list[Record] = []
    stop = -1
    for claim in claims:
        if group and claim["span_start"] >= stop:
            yield group[0]["span_start"], stop, group
            group, stop = [], -1
        group.append(claim)
        stop = max(stop, claim["span_end"])
    if group:
        yield group[0]["span_start"], stop, group


def slots(claim: Record) -> list[tuple[str, str]]:
    """What the claim says beside its number, with the label of each."""
    factor = claim["factor"]
    said = [
        ("Metric", " ".join(part for part in (claim["direction"], claim["metric"]) if part)),
        ("Subject", claim["subject"] or "not named"),
        ("Compared with", plain(claim["baseline"])),
        ("Value there", claim["baseline_claim"]),
        ("Benchmark", plain(claim["benchmark"])),
        ("Hardware", plain(claim["hardware"])),
        ("Comparable", f"{factor:.3g} times {'better' if factor >= 1 else 'as good'}" if factor else ""),
        ("Result of", "this paper" if claim["own"] else "others, quoted here"),
        ("Confidence", f"{claim['confidence']:.0%}" + (f", rule {claim['rule']}" if claim["rule"] else "")),
    ]
    return [(label, value) for label, value in said if value]


def paper_links(paper: Record, links: Sequence[Record]) -> list[PaperLink]:
    """The paper's own address and those that it or its source gives, each once."""
    given = [("Paper", paper["url"])] if paper["url"] else []
    if paper["arxiv_id"]:
        given.append(("arXiv", f"https://arxiv.org/abs/{paper['arxiv_id']}"))
    if paper["doi"]:
        given.append(("DOI", f"https://doi.org/{paper['doi']}"))
    given += [(_role(link), link["url"]) for link in links]
    once: dict[str, str] = {}
    for label, url in given:
        once.setdefault(url, label)
    return [PaperLink(label, url, web_address(url)) for url, label in once.items()]


def _role(link: Record) -> str:
    return labels("link_roles")[link["role"]] + ("" if link["released"] else ", promised")
