"""The frames and their pandera schemas name the same columns with the same types."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.frames import FRAME_COLUMNS
from schemas.tables import Claims, Entities, Links, Papers


@pytest.mark.parametrize(
    ("table", "model"), [("papers", Papers), ("claims", Claims), ("links", Links), ("entities", Entities)]
)
def test_columns_agree(table: str, model: Any) -> None:
    declared = {name: column.dtype.type for name, column in model.to_schema().columns.items()}
    declared.pop("text_at_offsets", None)
    assert declared == FRAME_COLUMNS[table]
