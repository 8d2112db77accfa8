"""Text of unknown origin is harmless in every format, and comes back whole where it should."""

from __future__ import annotations

import csv
import io
import json
import re

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warehouse.rendering import render, to_csv, to_json, to_markdown, to_table

EVIL = [
    '=HYPERLINK("http://evil.example","win")',
    "+cmd|' /C calc'!A0",
    "-2+3+cmd",
    "@SUM(A1)",
    "\t=1+1",
    "＝1+1",
    "<script>alert(1)</script>",
    "[click](javascript:alert(1))",
    "![x](http://evil.example/x.png)",
    "a | b\n| c",
    "\u202egnp.exe",
    "\x1b[31mred\x1b[0m\x07",
    "www.evil.example and http://evil.example",
    "`code` **bold** $x$ &lt;b&gt;",
]


def frame(*texts: str) -> pl.DataFrame:
    return pl.DataFrame({"title": texts}, schema={"title": pl.String})


def test_the_formats_at_a_glance() -> None:
    rows = pl.DataFrame(
        {"name": ["vLLM", None], "factor": [2.0, 0.5], "on": [["A100", "H100"], []], "own": [True, False]}
    )
    assert to_csv(rows) == "name,factor,on,own\r\nvLLM,2,A100; H100,true\r\n,0.5,,false\r\n"
    assert json.loads(to_json(rows)) == rows.to_dicts()
    assert to_markdown(rows).splitlines()[2] == "| vLLM | 2 | A100, H100 | yes |"
    assert to_table(rows).splitlines()[1].split() == ["vLLM", "2", "A100,", "H100", "yes"]
    with pytest.raises(ValueError, match="no format 'xml'; there are: table, csv, json, markdown"):
        render(rows, "xml")


@pytest.mark.parametrize("text", EVIL)
def test_no_cell_is_a_formula(text: str) -> None:
    (_, (cell,)) = list(csv.reader(io.StringIO(to_csv(frame(text)))))
    assert not re.match(r"\s*[=+\-@|＝]", cell)


def test_numbers_stay_numbers() -> None:
    rows = pl.DataFrame({"value": [-0.25], "span": ["-0.256"], "text": ["+5.7%"]})
    assert to_csv(rows).splitlines()[1] == "-0.25,-0.256,+5.7%"


@pytest.mark.parametrize("text", EVIL)
def test_nothing_unseen_reaches_a_reader(text: str) -> None:
    for kind in ("csv", "json", "markdown", "table"):
        shown = render(frame(text), kind)
        assert not set(shown) & set("\u202e\x1b\x07"), kind


@pytest.mark.parametrize("text", EVIL)
def test_a_markdown_cell_is_text_alone(text: str) -> None:
    line = to_markdown(frame(text)).splitlines()[2:]
    assert len(line) == 1
    cell = re.sub(r"\\.", "", line[0][2:-2])
    assert not re.search(r"[<>\[\]|`*$]|://|www\.", cell)


def test_addresses_of_papers_are_links() -> None:
    rows = pl.DataFrame({"url": ["https://arxiv.org/abs/2309.06180", "javascript:alert(1)", "http://a|b"]})
    assert to_markdown(rows).splitlines()[2:] == [
        "| <https://arxiv.org/abs/2309.06180> |",
        "| javascript:alert(1) |",
        "| http\\://a\\|b |",
    ]


@settings(deadline=None)
@given(st.lists(st.text(), min_size=1, max_size=5))
def test_json_loses_nothing_and_rows_stay_rows(texts: list[str]) -> None:
    rows = frame(*texts)
    assert json.loads(to_json(rows)) == rows.to_dicts()
    assert len(list(csv.reader(io.StringIO(to_csv(rows), newline="")))) == len(texts) + 1
    assert len(to_markdown(rows).split("\n")) == len(texts) + 3


def test_infinity_is_no_json() -> None:
    assert json.loads(to_json(pl.DataFrame({"x": [float("inf"), 1.0]}))) == [{"x": None}, {"x": 1.0}]
