"""What is new at the top of the leaderboards."""

from __future__ import annotations

import datetime
import json
import shutil
from pathlib import Path

from flows import steps
from flows.news import TOP_PLACES, new_since, new_since_run
from tests.conftest import Cli
from warehouse import Warehouse

TODAY = datetime.datetime.now(datetime.UTC).date()
PAPER = {
    "title": "Giant",
    "abstract": "We present Giant, a language model with 900 trillion parameters.",
    "id": "giant",
}


def test_only_papers_that_were_not_known_before_are_new(sample_database: Path, tmp_path: Path) -> None:
    database = Path(shutil.copy(sample_database, tmp_path / "a.duckdb"))
    (tmp_path / "giant.jsonl").write_text(json.dumps(PAPER) + "\n")
    warehouse = Warehouse(database)
    run = steps.run(steps.Job([str(tmp_path / "giant.jsonl")], warehouse, workers=1)).summary.run_id
    news = new_since_run(warehouse, run)
    assert set(news["title"]) <= {"Giant"}
    assert news["place"].max() in (None, *range(1, TOP_PLACES + 1))
    assert new_since_run(warehouse, run + 1).is_empty()
    assert new_since(warehouse, TODAY).height > news.height


def test_new_says_where_there_is_nothing(command: Cli, sample_database: Path) -> None:
    done = command("new", "--since", TODAY + datetime.timedelta(days=2), "--format", "json", "--db", sample_database)
    assert (done.returncode, json.loads(done.stdout)) == (0, [])
    assert "nothing new" in done.stderr


def test_new_lists_the_top_of_each_leaderboard(command: Cli, sample_database: Path) -> None:
    done = command("new", "--since", "2020-01-01", "--format", "json", "--db", sample_database)
    rows = json.loads(done.stdout)
    assert {"speedups", "scores", "model_sizes"} <= {row["leaderboard"] for row in rows}
    assert all(row["sentence"] and row["place"] <= TOP_PLACES for row in rows)
