"""The workers of a Dask scheduler give what processes of this machine give, also where one of them is killed."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from flows.cluster import ClusterPool
from flows.encoders import jsonl
from flows.errors import UserError
from flows.extraction import extract_stream
from flows.readers import read
from schemas.records import Paper
from tests.conftest import SAMPLES, Cli

distributed = pytest.importorskip("distributed", reason="the extra dask is not installed")

pytestmark = pytest.mark.slow


@pytest.fixture
def cluster() -> Iterator[Any]:
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=50
    ) as cluster:
        yield cluster


def deadly(chunk: Sequence[int]) -> list[int]:
    if 3 in chunk:
        os._exit(1)
    return list(chunk)


def mourn(item: int) -> list[int]:
    return [-item]


def test_the_same_bytes_as_on_this_machine_also_where_a_worker_is_killed(cluster: Any) -> None:
    papers = [paper for paper in read(str(SAMPLES)) if isinstance(paper, Paper)]
    here = [part.data for part in extract_stream(papers, jsonl, workers=1, size=6)]
    there = extract_stream(papers, jsonl, workers=1, cluster=cluster.scheduler_address, size=6)
    found = [next(there).data]
    os.kill(next(iter(cluster.workers.values())).pid, signal.SIGKILL)
    found += [part.data for part in there]
    assert found == here


def test_the_command_line_sends_its_chunks_there(cluster: Any, command: Cli) -> None:
    extract = ("extract", SAMPLES, "-o")
    assert command(*extract, "here.jsonl", "--workers", 1).returncode == 0
    there = command(*extract, "there.jsonl", "--engine", "dask", "--address", cluster.scheduler_address)
    assert there.returncode == 0, there.stderr
    written = [command("extract", name).stdout for name in ("here.jsonl", "there.jsonl")]
    assert written[0] == written[1]


def test_an_item_that_kills_every_worker_is_found_and_the_others_are_done(
    cluster: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster.scheduler, "allowed_failures", 0)  # each worker takes seconds to come back
    pool = ClusterPool(deadly, address=cluster.scheduler_address, on_death=mourn)
    results = [item for result in pool.map([[0, 1], [2, 3], [4]]) for item in result]
    assert results == [0, 1, 2, -3, 4]


def test_no_scheduler_is_told_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.cluster._CONNECT_SECONDS", 0.3)
    with pytest.raises(UserError, match="no Dask scheduler answers there"):
        next(ClusterPool(deadly, address="127.0.0.1:9", on_death=mourn).map([[1]]))


@pytest.mark.parametrize("options", [("--engine", "dask"), ("--address", "127.0.0.1:8786")])
def test_half_of_the_options_is_wrong_usage(command: Cli, options: tuple[str, str]) -> None:
    assert command("extract", SAMPLES, *options).returncode == 2
