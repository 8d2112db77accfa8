"""Papers and claims in one DuckDB file: loading, runs, read-only queries, leaderboards and exports.

>>> warehouse = Warehouse("paperclaims.duckdb")                                     # doctest: +SKIP
>>> run = warehouse.start_run(["papers.jsonl"], extractor_version)
>>> todo = [p for p, known in zip(papers, warehouse.known(papers, extractor_version)) if not known]
>>> good, rejects = schemas.tables.validate(schemas.frames.to_frames(extracted))
>>> warehouse.load(run, extractor_version, good, rejects, papers_known=..., papers_rejected=...)
>>> summary = warehouse.finish_run(run)
>>> warehouse.query("SELECT subject, factor FROM speedups ORDER BY factor DESC LIMIT 3")
>>> warehouse.leaderboard("beats", Filters(baseline="vLLM"), limit=20)
>>> warehouse.export("boards/", ["csv", "json", "markdown", "parquet"])

Frames of rows become text by :func:`warehouse.rendering.render`; which leaderboards there are says
:func:`warehouse.leaderboards.leaderboards`, which tables and columns says :meth:`Warehouse.describe`.

The file is opened only for the moment of each call, so that several programs can share it. What a user can mend is
raised as :class:`WarehouseError`, whose text is one line to print.
"""

from warehouse.database import Warehouse
from warehouse.errors import WarehouseError
from warehouse.leaderboards import Filters
from warehouse.loading import Loaded
from warehouse.running import RunSummary

__all__ = ["Filters", "Loaded", "RunSummary", "Warehouse", "WarehouseError"]
