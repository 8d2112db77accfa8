"""The process pool: order, bounded reading ahead, and workers that die."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence

from flows.pool import OrderedPool


def slowly(chunk: Sequence[int]) -> tuple[int, list[int]]:
    """Earlier chunks take longer, so that later ones overtake them."""
    time.sleep(max(0, 5 - chunk[0]) / 50)
    return os.getpid(), list(chunk)


def deadly(chunk: Sequence[int]) -> list[int]:
    if 7 in chunk:
        os._exit(1)
    return list(chunk)


def mourn(item: int) -> list[int]:
    return [-item]


def chunks(count: int, size: int = 1) -> Iterator[list[int]]:
    return (list(range(start, start + size)) for start in range(0, count, size))


def test_results_keep_the_order_of_the_input() -> None:
    pool = OrderedPool(slowly, workers=2, preload=(), on_death=lambda item: (0, [item]))
    results = list(pool.map(chunks(12)))
    assert [chunk for _, chunk in results] == list(chunks(12))
    assert os.getpid() not in {pid for pid, _ in results}


def test_a_single_chunk_stays_in_this_process() -> None:
    pool = OrderedPool(slowly, workers=2, preload=(), on_death=lambda item: (0, [item]))
    assert list(pool.map([[9, 10]])) == [(os.getpid(), [9, 10])]


def test_only_a_few_chunks_are_read_ahead() -> None:
    read = 0

    def endless() -> Iterator[list[int]]:
        nonlocal read
        while True:
            read += 1
            yield [read + 10]

    results = OrderedPool(slowly, workers=2, preload=(), on_death=lambda item: (0, [item])).map(endless())
    for _ in range(20):
        next(results)
    results.close()  # type: ignore[attr-defined]
    assert read < 40


def test_an_item_that_kills_its_worker_is_found_and_the_others_are_done() -> None:
    pool = OrderedPool(deadly, workers=2, preload=(), on_death=mourn)
    results = [item for result in pool.map(chunks(16, 4)) for item in result]
    assert results == [0, 1, 2, 3, 4, 5, 6, -7, 8, 9, 10, 11, 12, 13, 14, 15]
