"""The recipes of the README answer their questions on the sample papers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.readme import README
from warehouse import Warehouse

_RECIPE = re.compile(r"^\*\*([^\n]+\?)\*\*\n\n```sql\n(.*?)^```$", re.DOTALL | re.MULTILINE)
RECIPES: dict[str, str] = dict(_RECIPE.findall(README.read_text(encoding="utf-8")))


def test_there_are_ten() -> None:
    assert len(RECIPES) == 10


@pytest.mark.parametrize("question", RECIPES)
def test_a_recipe_has_an_answer(question: str, sample_database: Path) -> None:
    rows = Warehouse(sample_database).query(RECIPES[question])
    assert rows.height > 0
    assert all(rows[name].null_count() < rows.height for name in rows.columns), rows
