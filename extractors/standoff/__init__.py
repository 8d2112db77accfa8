"""Our own annotations of public abstracts, without their texts: every phrase is a pair of offsets.

``corpus.jsonl.gz`` holds one paper a line. :func:`restore` joins it with the text to the form of the gold files;
``python -m extractors.standoff ABSTRACTS.jsonl.gz > annotated.jsonl`` does so for all papers that the file holds
(the model trainers read the result). :func:`standoff` is the way back.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Json = dict[str, Any]
FILE = Path(__file__).parent / "corpus.jsonl.gz"
_PHRASES = ("metric", "subject", "unit")
_LISTS = ("baseline", "benchmark", "hardware")
_BREAK = "\n\n"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _pack(phrase: str | None, text: str, near: int) -> Any:
    """Offsets of the mention of ``phrase`` nearest to ``near``; the phrase itself where the text does not hold it."""
    if not phrase:
        return phrase
    found, at = [], text.find(phrase)
    while at >= 0:
        found.append(at)
        at = text.find(phrase, at + 1)
    if not found:
        return phrase
    best = min(found, key=lambda start: abs(start - near))
    return [best, best + len(phrase)]


def _unpack(packed: Any, text: str) -> Any:
    return text[packed[0] : packed[1]] if isinstance(packed, list) else packed


def standoff(paper: Json) -> Json:
    """A gold paper without its text; offsets are those of title, blank line, abstract."""
    text = paper["title"] + _BREAK + paper["abstract"]
    claims = []
    for claim in paper["claims"]:
        shift = 0 if claim["in"] == "title" else len(paper["title"]) + len(_BREAK)
        near = claim["start"] + shift
        packed = {k: v for k, v in claim.items() if k not in ("span", "context") and v not in (None, [], "")}
        packed.update({k: _pack(claim[k], text, near) for k in _PHRASES if claim.get(k)})
        packed.update({k: [_pack(item, text, near) for item in claim[k]] for k in _LISTS if claim.get(k)})
        claims.append(packed)
    entities = {kind: [_pack(name, text, 0) for name in names] for kind, names in paper["entities"].items()}
    links = [
        {
            "start": text.find(link["span"]),
            **{k: v for k, v in link.items() if k != "span"},
            "length": len(link["span"]),
        }
        for link in paper["links"]
    ]
    return {
        "id": paper["id"],
        "text": _digest(text),
        "claims": claims,
        "links": links,
        "code": paper["code"],
        "entities": entities,
    }


def restore(packed: Json, title: str, abstract: str) -> Json | None:
    """The gold form of a packed paper; None where the text is not the one that was annotated."""
    text = title + _BREAK + abstract
    if _digest(text) != packed["text"]:
        return None
    claims = []
    for claim in packed["claims"]:
        field = title if claim["in"] == "title" else abstract
        full: Json = {
            "value_max": None,
            "baseline_value": None,
            "unit": "",
            "direction": None,
            "metric": None,
            "subject": None,
        }
        full.update({k: [] for k in _LISTS})
        full.update(claim)
        full.update({k: _unpack(claim[k], text) for k in _PHRASES if k in claim})
        full.update({k: [_unpack(item, text) for item in claim[k]] for k in _LISTS if k in claim})
        full["span"] = field[claim["start"] : claim["end"]]
        claims.append(full)
    entities = {kind: [_unpack(name, text) for name in names] for kind, names in packed["entities"].items()}
    links = [{**link, "span": text[link["start"] : link["start"] + link["length"]]} for link in packed["links"]]
    rest = {"claims": claims, "links": links, "code": packed["code"], "entities": entities}
    return {"id": packed["id"], "title": title, "abstract": abstract, **rest}


def annotated(abstracts: Path) -> Iterator[Json]:
    """The annotated papers whose text stands in ``abstracts`` (JSON lines, gzipped or not), in gold form."""
    with gzip.open(FILE, "rt", encoding="utf-8") as lines:
        packed = {row["id"]: row for row in map(json.loads, lines)}
    opener = gzip.open if abstracts.suffix == ".gz" else open
    with opener(abstracts, "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            if row["id"] in packed:
                paper = restore(packed[row["id"]], row["title"], row["abstract"])
                if paper is not None:
                    yield paper


def main() -> None:
    """Write the annotated papers of the file that is named as gold JSON lines to standard output."""
    if len(sys.argv) != 2:
        raise SystemExit("usage: python -m extractors.standoff ABSTRACTS.jsonl[.gz] > annotated.jsonl")
    for paper in annotated(Path(sys.argv[1])):
        print(json.dumps(paper, ensure_ascii=False))
