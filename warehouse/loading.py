"""Loads one batch in one transaction, replacing by paper: what is known stays, what is newer replaces its own rows.

DELETE by paper and INSERT from frames was measured to be five to twenty times faster than an upsert, and it also
removes claims that a newer extractor no longer finds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from schemas.frames import Frames, with_paper_ids
from schemas.records import Reject
from warehouse.choosing import Effect, ShownText, Sighting
from warehouse.connection import Connection
from warehouse.identity import Identities, Key
from warehouse.statements import statement


@dataclass(frozen=True, slots=True)
class Loaded:
    """What one batch did: papers by effect, sightings and claims written."""

    new: int = 0
    changed: int = 0
    known: int = 0
    sightings: int = 0
    claims: int = 0


def load_batch(connection: Connection, run_id: int, extractor_version: str, frames: Frames) -> Loaded:
    """Load validated frames inside the caller's transaction."""
    fresh = _without_known(connection, extractor_version, frames)
    if fresh.papers.is_empty():
        return Loaded(known=frames.papers.height)
    identities, frames_by_paper = _identified(connection, fresh)
    effects, shown = _choose(connection, extractor_version, frames_by_paper.papers)
    sightings = _insert_sightings(connection, run_id, frames_by_paper.papers)
    _write_papers(connection, shown)
    claims = _replace_contents(connection, frames_by_paper, shown)
    _insert_identifiers(connection, identities)
    _note_in_ledger(connection, extractor_version, fresh.papers)
    return Loaded(
        new=effects[Effect.NEW],
        changed=effects[Effect.CHANGED],
        known=frames.papers.height - effects[Effect.NEW] - effects[Effect.CHANGED],
        sightings=sightings,
        claims=claims,
    )


def insert_rejects(connection: Connection, run_id: int, rejects: Sequence[Reject]) -> None:
    """Keep the rejects of a run."""
    if rejects:
        columns = ("source", "place", "check_name", "reason", "record")
        frame = pl.DataFrame(
            {name: [_storable(getattr(reject, name)) for reject in rejects] for name in columns},
            schema=dict.fromkeys(columns, pl.String),
        )
        _insert(connection, "rejects", frame.with_columns(run_id=pl.lit(run_id)))


def _storable(text: str) -> str:
    return text.encode(errors="backslashreplace").decode()


def _run(connection: Connection, sql: str, batch: pl.DataFrame, **parameters: Any) -> list[tuple[Any, ...]]:
    """Run the statement with the frame visible as ``batch``."""
    connection.register("batch", batch)
    try:
        return connection.execute(sql, parameters or None).fetchall()
    finally:
        connection.unregister("batch")


def _insert(connection: Connection, table: str, batch: pl.DataFrame) -> None:
    _run(connection, f"INSERT INTO {table} BY NAME SELECT * FROM batch", batch)


def _delete(connection: Connection, table: str, column: str, batch: pl.DataFrame) -> None:
    _run(connection, f"DELETE FROM {table} WHERE {column} IN (SELECT {column} FROM batch)", batch)


def known_hashes(connection: Connection, extractor_version: str, paper_hashes: pl.Series) -> pl.Series:
    """Those of the hashes that the ledger lists for these extractors."""
    rows = _run(
        connection, statement("known"), paper_hashes.to_frame("paper_hash"), extractor_version=extractor_version
    )
    return pl.Series("paper_hash", [paper_hash for (paper_hash,) in rows], dtype=pl.String)


def _without_known(connection: Connection, extractor_version: str, frames: Frames) -> Frames:
    """The frames without papers that the ledger lists, and without exact copies inside the batch."""
    known = known_hashes(connection, extractor_version, frames.papers["paper_hash"])
    papers = frames.papers.filter(~pl.col("paper_hash").is_in(known.implode())).unique(
        "paper_hash", keep="first", maintain_order=True
    )
    return _of_rows(frames, papers)


def _of_rows(frames: Frames, papers: pl.DataFrame) -> Frames:
    def kept(frame: pl.DataFrame) -> pl.DataFrame:
        return frame.join(papers, on="paper_row", how="semi", maintain_order="left")

    return Frames(papers, kept(frames.claims), kept(frames.links), kept(frames.entities))


def _identified(connection: Connection, frames: Frames) -> tuple[Identities, Frames]:
    """The frames with the ``paper_id`` that each paper was given at first sight."""
    keys = {row: _keys(*values) for row, *values in frames.papers.select("paper_row", *_KEY_COLUMNS).iter_rows()}
    asked = pl.DataFrame(
        [key for of_row in keys.values() for key in of_row],
        schema={"scheme": pl.String, "value": pl.String},
        orient="row",
    )
    identities = Identities.of(_run(connection, statement("identifiers"), asked))
    new_ids = frames.papers.select("paper_row", "paper_id").iter_rows()
    paper_ids = {row: identities.resolve(keys[row], new_id) for row, new_id in new_ids}
    return identities, with_paper_ids(frames, paper_ids)


_KEY_COLUMNS = ("arxiv_id", "doi", "title_key", "text_hash")


def _keys(arxiv_id: str | None, doi: str | None, title_key: str | None, text_hash: str) -> list[Key]:
    """The identifiers of a record, strongest first; its text only where it has no other."""
    keys = (("arxiv", arxiv_id), ("doi", doi), ("title", title_key))
    return [(scheme, value) for scheme, value in keys if value] or [("text", text_hash)]


def _choose(
    connection: Connection, extractor_version: str, papers: pl.DataFrame
) -> tuple[Counter[Effect], dict[str, Sighting]]:
    """What each record does, and the sighting that each touched paper shows afterwards."""
    texts = _shown_texts(connection, papers.select("paper_id").unique())
    effects: Counter[Effect] = Counter()
    columns = ("paper_id", "paper_hash", "source", "text_hash", "arxiv_version", "published", "code", "paper_row")
    for paper_id, *values in papers.select(*columns, pl.lit(extractor_version)).iter_rows():
        text = texts.setdefault(paper_id, ShownText(None, set()))
        effects[text.see(Sighting(*values))] += 1
    return effects, {paper_id: text.shown for paper_id, text in texts.items() if text.shown}


def _shown_texts(connection: Connection, paper_ids: pl.DataFrame) -> dict[str, ShownText]:
    texts = {
        paper_id: ShownText(Sighting(*values), set())
        for paper_id, *values in _run(connection, statement("shown_sightings"), paper_ids)
    }
    if texts:
        for paper_id, source, text_hash in _run(connection, statement("seen_texts"), paper_ids):
            texts[paper_id].seen.add((source, text_hash))
    return texts


def _insert_sightings(connection: Connection, run_id: int, papers: pl.DataFrame) -> int:
    rows = _run(connection, statement("insert_sightings"), papers, run_id=run_id)
    return int(rows[0][0])


def _write_papers(connection: Connection, shown: dict[str, Sighting]) -> None:
    rows = [(paper_id, s.sighting_id, s.extractor_version, s.code) for paper_id, s in shown.items()]
    schema = dict.fromkeys(("paper_id", "sighting_id", "extractor_version", "code"), pl.String)
    batch = pl.DataFrame(rows, schema=schema, orient="row")
    _delete(connection, "papers", "paper_id", batch)
    _run(connection, statement("insert_papers"), batch)


def _replace_contents(connection: Connection, frames: Frames, shown: dict[str, Sighting]) -> int:
    """Replace claims, entities and links of the papers whose shown sighting is of this batch."""
    rows = [(s.paper_row, paper_id) for paper_id, s in shown.items() if s.paper_row is not None]
    replaced = pl.DataFrame(rows, schema={"paper_row": pl.UInt32, "paper_id": pl.String}, orient="row")
    for table in ("claims", "entities"):
        _delete(connection, table, "paper_id", replaced)
    current = _of_rows(frames, replaced)
    _insert(connection, "claims", current.claims.drop("paper_row"))
    _insert(connection, "entities", current.entities.drop("paper_row"))
    _replace_links(connection, frames.links, current.links, replaced)
    return current.claims.height


def _replace_links(connection: Connection, links: pl.DataFrame, current: pl.DataFrame, replaced: pl.DataFrame) -> None:
    """Links of the text follow the shown text; those that a source declares stay, whichever sighting brought them."""
    declared = links.filter(pl.col("origin") == "source")
    batch = pl.concat([current, declared]).drop("paper_row").unique("link_id", keep="first", maintain_order=True)
    _run(connection, statement("delete_text_links"), replaced)
    _delete(connection, "links", "link_id", batch)
    _insert(connection, "links", batch)


def _insert_identifiers(connection: Connection, identities: Identities) -> None:
    columns = ("scheme", "value", "paper_id")
    added = pl.DataFrame(identities.added, schema=dict.fromkeys(columns, pl.String), orient="row")
    _insert(connection, "identifiers", added)


def _note_in_ledger(connection: Connection, extractor_version: str, papers: pl.DataFrame) -> None:
    batch = papers.select("paper_hash", extractor_version=pl.lit(extractor_version))
    _delete(connection, "ledger", "paper_hash", batch)
    _insert(connection, "ledger", batch)
