"""The pandera schemas of the tables, and the check that parts good rows from rejects.

The checks ask whether a row is *plausible*, never whether it is usual: "improves by 250%" and a negative score are true
claims. Each check has a name and a reason, which a reject shows. All columns are checked on eager frames: pandera
checks only the types of lazy ones.
"""

from __future__ import annotations

import datetime
import json
import math
from typing import Annotated, Any

import pandera.polars as pa
import polars as pl
from pandera.errors import SchemaErrors
from pandera.polars import PolarsData

from schemas.frames import FRAME_COLUMNS, MAX_RECORD_CHARS, Frames
from schemas.records import CLAIM_TYPES, CODE_STATUSES, LINK_ROLES, MAX_TEXT_CHARS, QUALIFIERS, Reject

MAX_NAME_CHARS = 1_000
"""A metric, a subject, a name in a list, a unit or a rule is shorter than this (in characters)."""
MAX_URL_CHARS = 2_000
MAX_RATIO = 1e12
"""No plausible change is larger: the largest number of times, percent or points."""
MAX_COUNT = 1e18
"""No plausible model has more parameters, no plausible data set more items."""

_DIRECTIONS = ["higher", "lower"]
_SHARE_UNITS = ["x", "%", "points"]
_WEB_ADDRESS = r"^https?://[^\s<>\"]+$"
_REPOSITORY = r"^[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+$"


Texts = Annotated[pl.List, pl.String()]


class ShapeError(ValueError):
    """A batch whose columns or types are wrong: a fault of the program, not of a paper."""


def _checked(data: PolarsData, expression: pl.Expr) -> pl.LazyFrame:
    # A check that meets a null has nothing to object to; nulls are the business of `nullable`.
    return data.lazyframe.select(expression.fill_null(True))


def _short(*columns: str) -> pl.Expr:
    return pl.all_horizontal(pl.col(column).str.len_chars().fill_null(0) <= MAX_NAME_CHARS for column in columns)


def _short_lists(*columns: str) -> pl.Expr:
    return pl.all_horizontal(
        pl.col(column).list.eval(pl.element().str.len_chars()).list.max().fill_null(0) <= MAX_NAME_CHARS
        for column in columns
    )


class Papers(pa.DataFrameModel):
    """Papers as one source shows them."""

    paper_row: pl.UInt32 = pa.Field(unique=True)
    paper_id: pl.String = pa.Field(str_length={"min_value": 1})
    paper_hash: pl.String = pa.Field(str_length={"min_value": 1})
    text_hash: pl.String = pa.Field(str_length={"min_value": 1})
    source: pl.String
    record: pl.String
    source_id: pl.String
    title: pl.String
    abstract: pl.String
    url: pl.String = pa.Field(nullable=True)
    published: pl.Date = pa.Field(nullable=True)
    page_date: pl.String = pa.Field(nullable=True)
    arxiv_id: pl.String = pa.Field(nullable=True)
    arxiv_version: pl.Int32 = pa.Field(nullable=True, ge=1)
    doi: pl.String = pa.Field(nullable=True)
    title_key: pl.String = pa.Field(nullable=True)
    authors: Texts
    categories: Texts
    code: pl.String = pa.Field(isin=CODE_STATUSES)

    @pa.dataframe_check(error="abstract_present: the abstract is empty")
    def abstract_present(cls, data: PolarsData) -> pl.LazyFrame:
        return _checked(data, pl.col("abstract").str.strip_chars() != "")

    @pa.dataframe_check(error=f"text_bounded: the title or abstract is longer than {MAX_TEXT_CHARS:,} characters")
    def text_bounded(cls, data: PolarsData) -> pl.LazyFrame:
        return _checked(data, pl.max_horizontal(pl.col("title", "abstract").str.len_chars()) <= MAX_TEXT_CHARS)

    @pa.dataframe_check(error="date_plausible: the date of publication lies before 1600 or after 2200")
    def date_plausible(cls, data: PolarsData) -> pl.LazyFrame:
        return _checked(data, pl.col("published").dt.year().is_between(1600, 2200))

    class Config:
        strict = True


class Claims(pa.DataFrameModel):
    """Claims with the text that stands at their offsets (``text_at_offsets``, which :func:`validate` adds)."""

    paper_row: pl.UInt32
    claim_id: pl.String = pa.Field(str_length={"min_value": 1})
    paper_id: pl.String
    type: pl.String = pa.Field(isin=CLAIM_TYPES)
    value: pl.Float64
    value_max: pl.Float64 = pa.Field(nullable=True)
    baseline_value: pl.Float64 = pa.Field(nullable=True)
    unit: pl.String
    qualifier: pl.String = pa.Field(isin=QUALIFIERS)
    direction: pl.String = pa.Field(nullable=True, isin=_DIRECTIONS)
    metric: pl.String = pa.Field(nullable=True)
    subject: pl.String = pa.Field(nullable=True)
    baseline: Texts
    benchmark: Texts
    hardware: Texts
    own: pl.Boolean
    field: pl.String = pa.Field(isin=["title", "abstract"])
    span: pl.String = pa.Field(str_length={"min_value": 1, "max_value": MAX_NAME_CHARS})
    span_start: pl.Int32 = pa.Field(ge=0)
    span_end: pl.Int32
    sentence: pl.String
    relative: pl.String = pa.Field(nullable=True, isin=["by", "to"])
    good: pl.Boolean = pa.Field(nullable=True)
    factor: pl.Float64 = pa.Field(nullable=True)
    base_value: pl.Float64 = pa.Field(nullable=True)
    base_unit: pl.String = pa.Field(nullable=True)
    metric_id: pl.String = pa.Field(nullable=True)
    metric_better: pl.String = pa.Field(nullable=True, isin=_DIRECTIONS)
    benchmark_ids: Texts
    hardware_ids: Texts
    rule: pl.String
    confidence: pl.Float64 = pa.Field(ge=0, le=1)
    text_at_offsets: pl.String = pa.Field(nullable=True)

    @pa.dataframe_check(error="claim_new: the same claim stands in the paper twice")
    def claim_new(cls, data: PolarsData) -> pl.LazyFrame:
        return _checked(data, pl.struct("paper_row", "claim_id").is_first_distinct())

    @pa.dataframe_check(error="span_at_offsets: the span is not what stands at its offsets in the field")
    def span_at_offsets(cls, data: PolarsData) -> pl.LazyFrame:
        return _checked(
            data, pl.col("span").eq_missing(pl.col("text_at_offsets")) & (pl.col("span_start") < pl.col("span_end"))
        )

    @pa.dataframe_check(error="sentence_holds_span: the sentence does not contain the span")
    def sentence_holds_span(cls, data: PolarsData) -> pl.LazyFrame:
        return _checked(data, pl.col("sentence").str.contains(pl.col("span"), literal=True))

    @pa.dataframe_check(error="numbers_finite: a number is infinite or not a number")
    def numbers_finite(cls, data: PolarsData) -> pl.LazyFrame:
        numbers = ("value", "value_max", "baseline_value", "factor", "base_value")
        return _checked(data, pl.all_horizontal(pl.col(name).is_finite().fill_null(True) for name in numbers))

    @pa.dataframe_check(error="range_ordered: the upper end of the range is below the lower")
    def range_ordered(cls, data: PolarsData) -> pl.LazyFrame:
        return _checked(data, pl.col("value") <= pl.col("value_max"))

    @pa.dataframe_check(error="unit_fits_type: the unit does not fit the type")
    def unit_fits_type(cls, data: PolarsData) -> pl.LazyFrame:
        kind, unit = pl.col("type"), pl.col("unit")
        expected = (
            pl.when(kind == "model_size").then(unit == "params")
            .when(kind == "dataset_size").then(~unit.is_in([*_SHARE_UNITS, "params"]))
            .when(kind == "measurement").then(~unit.is_in(["x", "points", "params"]))
            .when(kind == "score").then(unit != "params")
            .when(kind == "improvement").then(~unit.is_in(["", "params"]))
            .otherwise(unit != "")
        )  # fmt: skip
        return _checked(data, expected)

    @pa.dataframe_check(error="direction_fits_type: a direction belongs to a change, not to an absolute value")
    def direction_fits_type(cls, data: PolarsData) -> pl.LazyFrame:
        changes = pl.col("type").is_in(["speedup", "efficiency", "improvement"])
        return _checked(data, pl.col("direction").is_null() | changes)

    @pa.dataframe_check(error="relative_fits_type: by or to belongs to a speedup or efficiency in x or %")
    def relative_fits_type(cls, data: PolarsData) -> pl.LazyFrame:
        ratios = pl.col("type").is_in(["speedup", "efficiency"]) & pl.col("unit").is_in(["x", "%"])
        return _checked(data, pl.col("relative").is_null() | ratios)

    @pa.dataframe_check(error="factor_plausible: a factor belongs to a speed or cost and is a positive ratio")
    def factor_plausible(cls, data: PolarsData) -> pl.LazyFrame:
        factor = pl.col("factor")
        ratio = factor.is_between(1 / MAX_RATIO, MAX_RATIO)
        return _checked(data, factor.is_null() | (ratio & ~pl.col("type").is_in(["improvement", "dataset_size"])))

    @pa.dataframe_check(error="change_plausible: a change is positive (its sign is in direction) and not astronomic")
    def change_plausible(cls, data: PolarsData) -> pl.LazyFrame:
        shares = pl.col("unit").is_in(_SHARE_UNITS)
        changes = pl.col("type").is_in(["speedup", "efficiency", "improvement"])
        bounded = ~shares | (pl.col("value") <= MAX_RATIO)
        return _checked(data, ~changes | ((pl.col("value") >= 0) & bounded))

    @pa.dataframe_check(error="percentage_plausible: a percentage is astronomic")
    def percentage_plausible(cls, data: PolarsData) -> pl.LazyFrame:
        return _checked(data, (pl.col("unit") != "%") | (pl.col("value").abs() <= MAX_RATIO))

    @pa.dataframe_check(error=f"size_plausible: a size lies between 1 and {MAX_COUNT:g}")
    def size_plausible(cls, data: PolarsData) -> pl.LazyFrame:
        value, kind = pl.col("value"), pl.col("type")
        # A data set may hold 0.5 hours; a model has at least one parameter.
        size = (
            pl.when(kind == "model_size").then(value.is_between(1, MAX_COUNT))
            .when(kind == "dataset_size").then((value > 0) & (value <= MAX_COUNT))
        )  # fmt: skip
        return _checked(data, size)

    @pa.dataframe_check(error="base_value_complete: a value in base units needs its unit, and the other way round")
    def base_value_complete(cls, data: PolarsData) -> pl.LazyFrame:
        return _checked(data, pl.col("base_value").is_null() == pl.col("base_unit").is_null())

    @pa.dataframe_check(error=f"names_bounded: a name is longer than {MAX_NAME_CHARS:,} characters")
    def names_bounded(cls, data: PolarsData) -> pl.LazyFrame:
        names = _short("unit", "metric", "subject", "metric_id", "rule", "base_unit")
        return _checked(
            data, names & _short_lists("baseline", "benchmark", "hardware", "benchmark_ids", "hardware_ids")
        )

    class Config:
        strict = True


class Links(pa.DataFrameModel):
    """Links with the text that stands at their offsets (null where the source declares them)."""

    paper_row: pl.UInt32
    link_id: pl.String = pa.Field(str_length={"min_value": 1})
    paper_id: pl.String
    url: pl.String = pa.Field(str_length={"max_value": MAX_URL_CHARS})
    role: pl.String = pa.Field(isin=LINK_ROLES)
    repo: pl.String = pa.Field(nullable=True, str_length={"max_value": MAX_NAME_CHARS})
    released: pl.Boolean
    field: pl.String = pa.Field(nullable=True, isin=["title", "abstract"])
    span: pl.String = pa.Field(nullable=True)
    span_start: pl.Int32 = pa.Field(nullable=True, ge=0)
    span_end: pl.Int32 = pa.Field(nullable=True)
    origin: pl.String = pa.Field(isin=["text", "source"])
    text_at_offsets: pl.String = pa.Field(nullable=True)

    @pa.dataframe_check(error="link_new: the same link stands in the paper twice")
    def link_new(cls, data: PolarsData) -> pl.LazyFrame:
        return _checked(data, pl.struct("paper_row", "link_id").is_first_distinct())

    @pa.dataframe_check(error="url_on_the_web: the address does not begin with http:// or https://")
    def url_on_the_web(cls, data: PolarsData) -> pl.LazyFrame:
        return _checked(data, pl.col("url").str.contains(_WEB_ADDRESS))

    @pa.dataframe_check(error="span_at_offsets: the span is not what stands at its offsets in the field")
    def span_at_offsets(cls, data: PolarsData) -> pl.LazyFrame:
        from_text = pl.col("span").is_not_null() & pl.col("span").eq_missing(pl.col("text_at_offsets"))
        from_source = pl.all_horizontal(pl.col("span", "field", "span_start", "span_end").is_null())
        return _checked(data, pl.when(pl.col("origin") == "text").then(from_text).otherwise(from_source))

    @pa.dataframe_check(error="repo_matches_url: the repository is not the owner/name of the address")
    def repo_matches_url(cls, data: PolarsData) -> pl.LazyFrame:
        repo, url = pl.col("repo"), pl.col("url").str.to_lowercase()
        named = url.str.contains(pl.concat_str(pl.lit("github.com/"), repo.str.to_lowercase()), literal=True)
        return _checked(data, repo.is_null() | (repo.str.contains(_REPOSITORY) & named))

    class Config:
        strict = True


class Entities(pa.DataFrameModel):
    """Names of benchmarks, models and hardware, as written."""

    paper_row: pl.UInt32
    paper_id: pl.String
    kind: pl.String = pa.Field(isin=["benchmark", "model", "hardware"])
    name: pl.String = pa.Field(str_length={"min_value": 1, "max_value": MAX_NAME_CHARS})
    mention: pl.Int32 = pa.Field(ge=0)

    class Config:
        strict = True


def validate(frames: Frames) -> tuple[Frames, list[Reject]]:
    """The rows that pass every check, and a reject for each that does not (those of ``to_frames`` first).

    A rejected paper takes its claims, links and entities along; each becomes a reject too.

    Raises:
        ShapeError: columns or types of the batch are wrong.
    """
    _require_shape(frames)
    rejects = list(frames.rejects)
    where = frames.papers.select("paper_row", "source", "record")
    papers, bad_papers = _split(Papers, frames.papers)
    rejects += _rejects("paper", bad_papers, where)
    good: dict[str, pl.DataFrame] = {}
    for kind, model, frame in (
        ("claim", Claims, frames.claims),
        ("link", Links, frames.links),
        ("entity", Entities, frames.entities),
    ):
        of_good = frame.join(papers, on="paper_row", how="semi", maintain_order="left")
        orphans = frame.join(papers, on="paper_row", how="anti", maintain_order="left")
        rows, bad = _split(model, _with_text(of_good, papers) if "span" in frame.columns else of_good)
        good[kind] = rows.drop("text_at_offsets", strict=False)
        rejects += _rejects(kind, bad.drop("text_at_offsets", strict=False), where)
        rejects += _rejects(
            kind, orphans.with_columns(_checks=pl.lit(["of_good_paper: its paper was rejected"])), where
        )
    return Frames(papers, good["claim"], good["link"], good["entity"]), rejects


def _with_text(frame: pl.DataFrame, papers: pl.DataFrame) -> pl.DataFrame:
    """The frame with ``text_at_offsets``: what stands there, null where the offsets make no interval."""
    texts = frame.join(
        papers.select("paper_row", "title", "abstract"), on="paper_row", how="left", maintain_order="left"
    )
    start, length = pl.col("span_start"), pl.col("span_end") - pl.col("span_start")
    field = pl.when(pl.col("field") == "title").then("title").otherwise("abstract")
    text = pl.when((start >= 0) & (length > 0)).then(field.str.slice(start.clip(0), length.clip(0)))
    return texts.with_columns(text_at_offsets=text).drop("title", "abstract")


def _split(model: type[pa.DataFrameModel], frame: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Good rows, and bad rows with the failed checks ("name: reason") in ``_checks``."""
    try:
        model.validate(frame, lazy=True)
    except SchemaErrors as error:
        failures = error.failure_cases
        if failures["index"].null_count():
            raise  # a check that cannot be computed is a fault of the program
        numbered = frame.with_row_index("_index")
        bad = (
            failures.select(pl.col("index").cast(pl.UInt32).alias("_index"), _check_text())
            .group_by("_index", maintain_order=True)
            .agg(pl.col("_checks").unique(maintain_order=True))
        )
        return (
            numbered.join(bad, on="_index", how="anti", maintain_order="left").drop("_index"),
            numbered.join(bad, on="_index", how="inner", maintain_order="left").drop("_index"),
        )
    return frame, frame.clear().with_columns(_checks=pl.lit([], dtype=pl.List(pl.String)))


def _check_text() -> pl.Expr:
    # Checks of whole rows bring "name: reason" themselves; those of one column are named by pandera.
    column_check = pl.format("{}: {} is not {}", "column", "failure_case", "check")
    return pl.when(pl.col("schema_context") == "Column").then(column_check).otherwise("check").alias("_checks")


def _require_shape(frames: Frames) -> None:
    for table, columns in FRAME_COLUMNS.items():
        schema = dict(getattr(frames, table).schema)
        wrong = sorted(name for name in schema.keys() | columns.keys() if schema.get(name) != columns.get(name))
        if wrong:
            listed = ", ".join(f"{name} is {schema.get(name)}, not {columns.get(name)}" for name in wrong)
            raise ShapeError(f"the batch of {table} has the wrong shape: {listed}")


def _rejects(kind: str, bad: pl.DataFrame, where: pl.DataFrame) -> list[Reject]:
    placed = bad.join(where.rename({"source": "_source", "record": "_record"}), on="paper_row", how="left")
    rejects = []
    for row in placed.iter_rows(named=True):
        checks, source, place = row.pop("_checks"), row.pop("_source"), row.pop("_record")
        name = checks[0].split(":", 1)[0]
        reason = "; ".join(check.split(": ", 1)[1] for check in checks)
        rejects.append(Reject(source or "", place or "", f"{kind}.{name}", reason, _as_json(row)))
    return rejects


def _as_json(row: dict[str, Any]) -> str:
    def plain(value: Any) -> Any:
        if isinstance(value, datetime.date):
            return value.isoformat()
        return value if not isinstance(value, float) or math.isfinite(value) else str(value)

    text = json.dumps({name: plain(value) for name, value in row.items()}, ensure_ascii=False)
    return text[:MAX_RECORD_CHARS]
