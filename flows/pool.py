"""A process pool that maps over a stream: results in the order of the input, memory bounded, workers that never linger.

spaCy's own ``n_process`` pickles Docs and is slower than one process on rules; here text goes in and encoded bytes come
out. The items are cut into chunks before they get here, so that what a worker sees never depends on how many there are.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import multiprocessing.forkserver
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import chain, islice
from multiprocessing import resource_tracker
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

_CHUNKS_AHEAD = 4
"""Chunks submitted ahead for each worker: enough that none waits while the results of others are being stored."""


def default_workers() -> int:
    """The number of cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1


class OrderedPool(Generic[Item, Result]):
    """Applies ``work`` to each chunk of a stream, in ``workers`` processes, and yields the results in order.

    ``work`` must be a module-level function; ``preload`` names the modules that every worker needs (imported once, in
    the server that the workers are forked from). A stream of a single chunk, or one worker, stays in this process,
    which saves the start of the pool. A chunk that kills its worker is halved until the item to blame is found;
    ``on_death`` gives the result for that item, and the others are worked on as ever.
    """

    def __init__(
        self,
        work: Callable[[Sequence[Item]], Result],
        *,
        workers: int,
        preload: tuple[str, ...],
        on_death: Callable[[Item], Result],
    ) -> None:
        self._work = work
        self._workers = workers
        self._preload = preload
        self._on_death = on_death

    def map(self, chunks: Iterable[Sequence[Item]]) -> Iterator[Result]:
        """The results of ``work`` for each of ``chunks``, in their order, at most a few chunks read ahead."""
        stream = iter(chunks)
        first = list(islice(stream, 2))
        stream = chain(first, stream)
        if self._workers == 1 or len(first) < 2:
            return map(self._work, stream)
        return self._map_in_processes(stream)

    def _map_in_processes(self, chunks: Iterator[Sequence[Item]]) -> Iterator[Result]:
        window: deque[tuple[Sequence[Item], Future[Result]]] = deque()
        pool = self._start(self._workers)

        def fill() -> None:
            for chunk in islice(chunks, self._workers * _CHUNKS_AHEAD - len(window)):
                window.append((chunk, _submitted(pool, self._work, chunk)))

        try:
            fill()
            while window:
                try:
                    result = window[0][1].result()
                except BrokenProcessPool:
                    # Which of the chunks in flight is to blame is unknown: each gets a process of its own.
                    _end(pool)
                    for chunk, _ in window:
                        yield from self._alone(chunk)
                    window.clear()
                    pool = self._start(self._workers)
                    fill()
                    continue
                window.popleft()
                fill()
                yield result
        finally:
            _end(pool)

    def _alone(self, chunk: Sequence[Item]) -> Iterator[Result]:
        with self._start(1) as pool:
            try:
                yield pool.submit(self._work, chunk).result()
                return
            except BrokenProcessPool:
                pass
        if len(chunk) == 1:
            yield self._on_death(chunk[0])
            return
        middle = len(chunk) // 2
        yield from self._alone(chunk[:middle])
        yield from self._alone(chunk[middle:])

    def _start(self, workers: int) -> ProcessPoolExecutor:
        # One thread each: two processes already use both cores, and threads of BLAS only wait for one another.
        for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
            os.environ.setdefault(name, "1")
        context = multiprocessing.get_context("forkserver" if os.name == "posix" else "spawn")
        if context.get_start_method() == "forkserver":
            context.set_forkserver_preload(["flows.worker_start", *self._preload])
            resource_tracker.ensure_running()  # now, since it lifts the mask
            with interrupts_held():
                multiprocessing.forkserver.ensure_running()
        return ProcessPoolExecutor(workers, mp_context=context, initializer=_begin_worker)


def _end(pool: ProcessPoolExecutor) -> None:
    """End the workers at once: the results are all here, or nobody wants them any more."""
    for process in list((pool._processes or {}).values()):  # ``pool.kill_workers()`` from Python 3.14 on
        process.kill()
    pool.shutdown(wait=True, cancel_futures=True)


def _submitted(
    pool: ProcessPoolExecutor, work: Callable[[Sequence[Item]], Result], chunk: Sequence[Item]
) -> Future[Result]:
    """The future of ``work(chunk)``; where the pool is broken already, one that says so, so that no chunk is lost."""
    try:
        return pool.submit(work, chunk)
    except BrokenProcessPool as error:
        failed: Future[Result] = Future()
        failed.set_exception(error)
        return failed


@contextlib.contextmanager
def interrupts_held() -> Iterator[None]:
    """Processes started within inherit the mask: Ctrl-C reaches only the parent, which then ends them."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin_worker() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A worker of a killed run would wait for work for ever: it ends with its parent instead."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
