"""The plots of the site: which points stand where. The template ``plot.html`` draws them as SVG.

Own SVG rather than a chart library: it follows the reader's light or dark colours, its points link to the words that
say them, it is the same bytes every time, and it costs no 84 MB of dependencies (altair with vl-convert).
"""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import polars as pl

from warehouse.site.addresses import claim_path
from warehouse.site.excerpts import brief
from warehouse.site.scales import Scale, date_scale, date_ticks, number_scale, number_ticks, short_number

WIDTH, HEIGHT = 380, 250
"""The size of a plot, in user units of SVG."""
_LEFT, _RIGHT, _TOP, _BOTTOM = 48, 14, 10, 30
_NAMES_LEFT, _NAME_CHARS = 128, 17
_BASELINES, _SCORE_PLOTS = 10, 6
_LEAST_POINTS = 3
_MOST_POINTS = 400

Tick = tuple[float, str]


@dataclass(frozen=True, slots=True)
class Dot:
    """A point, what it says, and its evidence."""

    x: float
    y: float
    label: str
    href: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar, and what it says."""

    x: float
    y: float
    width: float
    height: float
    label: str


@dataclass(frozen=True, slots=True)
class Plot:
    """A plot: ``line`` is the path of the running best, ``summary`` says in words what one sees."""

    title: str
    summary: str
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    dots: tuple[Dot, ...] = ()
    bars: tuple[Bar, ...] = ()
    left: float = _LEFT
    line: str = ""
    width: int = WIDTH
    height: int = HEIGHT
    bottom: float = HEIGHT - _BOTTOM
    right: float = WIDTH - _RIGHT
    top: float = _TOP


def plots_of(name: str, frame: pl.DataFrame) -> list[Plot]:
    """The plots of one leaderboard; none where there is too little to see."""
    plots: Iterable[Plot | None]
    if name == "beats":
        plots = [by_baseline(frame, "speedup", "Speedups"), by_baseline(frame, "efficiency", "Savings")]
    elif name in ("speedups", "efficiency"):
        plots = [
            over_time(frame, "Factor over time, with the running best", "factor", unit="×"),
            histogram(frame, "How many claims of each factor", "factor", unit="×"),
        ]
    elif name == "scores":
        plots = scores_over_time(frame)
    elif name == "model_sizes":
        plots = [
            over_time(frame, "Parameters over time, with the largest so far", "value"),
            histogram(frame, "How many models of each size", "value"),
        ]
    else:
        plots = []
    return [plot for plot in plots if plot]


def plots_of_contest(name: str, frame: pl.DataFrame) -> list[Plot]:
    """The values of one contest over time, the only plot that it has; none where there is too little to see."""
    lower = "better" in frame.columns and frame["better"][0] == "lower"
    plot = over_time(frame, "Over time, with the running best", "value", lower=lower, logarithmic=name != "scores")
    return [plot] if plot else []


def by_baseline(frame: pl.DataFrame, claim_type: str, what: str) -> Plot | None:
    """The factors claimed over each of the baselines that most papers beat, on a logarithmic axis."""
    # A baseline without a capital or a digit bears no name ("prior work").
    named = pl.col("baseline").str.contains(r"[\p{Lu}\d]")
    rows = frame.filter((pl.col("type") == claim_type) & (pl.col("factor") > 1) & pl.col("factor").is_finite() & named)
    names = (
        rows.group_by("baseline")
        .agg(pl.col("paper_id").n_unique(), pl.col("factor").max())
        .sort(["paper_id", "factor", "baseline"], descending=[True, True, False])["baseline"][:_BASELINES]
        .to_list()
    )
    if len(names) < 2:
        return None
    shown = [row for row in rows.iter_rows(named=True) if row["baseline"] in names]
    x = number_scale([row["factor"] for row in shown], _NAMES_LEFT, WIDTH - _RIGHT, logarithmic=True)
    step = (HEIGHT - _TOP - _BOTTOM) / len(names)
    rows_at = {name: round(_TOP + step * (index + 0.5), 1) for index, name in enumerate(names)}
    return Plot(
        title=f"{what} by baseline",
        summary=f"Each point is a claim to be so many times better than one of the {len(names)} systems most often "
        f"compared with; the highest is {_said(max(shown, key=lambda row: row['factor']))}.",
        x_ticks=_labelled(number_ticks(x), "×"),
        y_ticks=tuple((rows_at[name], _cut(name)) for name in names),
        dots=tuple(
            Dot(
                x.place(row["factor"]),
                rows_at[row["baseline"]],
                f"{_said(row)} over {brief(row['baseline'])}",
                _href(row),
            )
            for row in shown[:_MOST_POINTS]
        ),
        left=_NAMES_LEFT,
    )


def scores_over_time(frame: pl.DataFrame) -> Iterator[Plot | None]:
    """The most contested boards that have dates, each with its running best."""
    boards = frame.filter(pl.col("published").is_not_null()).partition_by(
        "benchmark", "metric", "scale", maintain_order=True
    )
    dated = [board for board in boards if board["published"].n_unique() >= _LEAST_POINTS]
    contested = sorted(dated, key=lambda board: -board["paper_id"].n_unique())
    for board in contested[:_SCORE_PLOTS]:
        benchmark, metric, better = (board[name][0] for name in ("benchmark", "metric", "better"))
        name = benchmark if metric == "not stated" else f"{benchmark} · {metric}"
        way, _, assumed = better.partition(",")
        title = f"{brief(name)}, {way} is better{' (assumed)' if assumed else ''}"
        yield over_time(board, title, "value", lower=better == "lower", logarithmic=False)


def over_time(
    frame: pl.DataFrame, title: str, column: str, *, unit: str = "", lower: bool = False, logarithmic: bool = True
) -> Plot | None:
    """The values of a column by date of the paper, with the best so far as a line."""
    usable = frame.filter(pl.col("published").is_not_null() & pl.col(column).is_finite())
    if logarithmic:
        usable = usable.filter(pl.col(column) > 0)
    rows = sorted(usable.iter_rows(named=True), key=lambda row: (row["published"], row["claim_id"]))
    if len(rows) < _LEAST_POINTS:
        return None
    x = date_scale([row["published"] for row in rows], _LEFT, WIDTH - _RIGHT)
    y = number_scale([row[column] for row in rows], HEIGHT - _BOTTOM, _TOP, logarithmic=logarithmic)
    records = list(_records(rows, column, lower))
    shown = _spread(rows, {id(row) for row in records})
    return Plot(
        title=title,
        summary=f"{len(rows)} results from {rows[0]['published']} to {rows[-1]['published']}; "
        f"the best is {_said(records[-1])}, of {records[-1]['published']}.",
        x_ticks=tuple(date_ticks(x)),
        y_ticks=_labelled(number_ticks(y), unit),
        dots=tuple(
            Dot(
                x.place(row["published"].toordinal()),
                y.place(row[column]),
                f"{_said(row)}, {row['published']}",
                _href(row),
            )
            for row in shown
        ),
        line=_staircase(records, column, x, y),
    )


def histogram(frame: pl.DataFrame, title: str, column: str, *, unit: str = "") -> Plot | None:
    """How many rows have a value of each magnitude: bars of half a decade on a logarithmic axis."""
    values = frame.filter(pl.col(column).is_finite() & (pl.col(column) > 0))[column].to_list()
    bins = Counter(math.floor(2 * math.log10(value)) for value in values)
    if len(bins) < _LEAST_POINTS:
        return None
    x = Scale(10 ** (min(bins) / 2), 10 ** ((max(bins) + 1) / 2), _LEFT, WIDTH - _RIGHT, logarithmic=True)
    most = max(bins.values())
    y = Scale(0, most, HEIGHT - _BOTTOM, _TOP)
    edges = {index: x.place(10 ** (index / 2)) for index in range(min(bins), max(bins) + 2)}
    return Plot(
        title=title,
        summary=f"{len(values):,} values; half of them are {short_number(statistics.median(values))}{unit} or more.",
        x_ticks=_labelled(number_ticks(x), unit),
        y_ticks=tuple((at, label) for at, label in number_ticks(y) if "." not in label),
        bars=tuple(
            Bar(
                x=edges[index] + 1,
                y=y.place(count),
                width=round(edges[index + 1] - edges[index] - 2, 1),
                height=round(y.start - y.place(count), 1),
                label=f"{short_number(10 ** (index / 2))} to {short_number(10 ** ((index + 1) / 2))}{unit}: {count}",
            )
            for index, count in sorted(bins.items())
        ),
    )


def _labelled(ticks: list[Tick], unit: str) -> tuple[Tick, ...]:
    return tuple((at, label + unit) for at, label in ticks)


def _records(rows: list[dict[str, Any]], column: str, lower: bool) -> Iterator[dict[str, Any]]:
    best = math.inf if lower else -math.inf
    for row in rows:
        if row[column] < best if lower else row[column] > best:
            best = row[column]
            yield row


def _spread(rows: list[dict[str, Any]], kept: set[int]) -> list[dict[str, Any]]:
    """Of too many points the records and every n-th other, so that the page stays small."""
    step = math.ceil(len(rows) / _MOST_POINTS)
    return [row for index, row in enumerate(rows) if index % step == 0 or id(row) in kept]


def _staircase(records: list[dict[str, Any]], column: str, x: Scale, y: Scale) -> str:
    steps = [(x.place(row["published"].toordinal()), y.place(row[column])) for row in records]
    path = f"M{steps[0][0]} {steps[0][1]}" + "".join(f"H{at}V{height}" for at, height in steps[1:])
    return f"{path}H{x.end}"


def _said(row: dict[str, Any]) -> str:
    return f"{brief(row['subject'] or 'not named')} with {brief(row['claim'])}"


def _href(row: dict[str, Any]) -> str:
    return claim_path(row["paper_id"], row["claim_id"])


def _cut(name: str) -> str:
    name = brief(name)
    return name if len(name) <= _NAME_CHARS else f"{name[: _NAME_CHARS - 1]}…"
