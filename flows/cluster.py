"""Chunks worked on by the workers of a Dask scheduler, on any number of machines: the extra ``dask``.

Nothing but the chunk function goes there; reading, checking and loading stay where the command runs.
"""

from __future__ import annotations

import uuid
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import count, islice
from typing import Any, Generic

from flows.errors import UserError
from flows.pool import Item, Result

_CHUNKS_AHEAD = 4
_CHUNKS_BETWEEN_COUNTS = 64
_CONNECT_SECONDS = 20
_INSTALL = "--engine dask needs the extra: `uv sync --extra dask`, or pip install 'paperclaims[dask]'"


class ClusterPool(Generic[Item, Result]):
    """Applies ``work`` to each chunk of a stream and yields the results in order, as :class:`flows.pool.OrderedPool`.

    The chunks of a worker that dies are given to others. A chunk that kills several workers is halved until the item
    to blame is found; ``on_death`` gives the result for that item.
    """

    def __init__(
        self, work: Callable[[Sequence[Item]], Result], *, address: str, on_death: Callable[[Item], Result]
    ) -> None:
        self._work = work
        self._address = address
        self._on_death = on_death

    def map(self, chunks: Iterable[Sequence[Item]]) -> Iterator[Result]:
        """The results of ``work`` for each of ``chunks``, in their order, a few for each thread read ahead.

        Raises UserError where no scheduler answers, it has no workers, or these have another version of the extractors.
        """
        with _connected(self._address) as client:
            stream = iter(chunks)
            window: deque[tuple[Sequence[Item], Any]] = deque()
            run = uuid.uuid4().hex
            ahead = 0
            for number in count():
                if number % _CHUNKS_BETWEEN_COUNTS == 0:  # workers come and go
                    ahead = _CHUNKS_AHEAD * max(1, sum(client.nthreads().values()))
                for chunk in islice(stream, max(0, ahead - len(window))):
                    window.append((chunk, self._submitted(client, chunk, f"paperclaims-{run}-{number}-{len(window)}")))
                if not window:
                    return
                chunk, future = window.popleft()
                yield from self._results(client, chunk, future)

    def _submitted(self, client: Any, chunk: Sequence[Item], key: str) -> Any:
        return client.submit(self._work, chunk, key=key, pure=False)

    def _results(self, client: Any, chunk: Sequence[Item], future: Any, *, is_alone: bool = False) -> Iterator[Result]:
        from distributed import KilledWorker

        try:
            yield future.result()
            return
        except KilledWorker:
            pass
        if len(chunk) == 1 and is_alone:
            yield self._on_death(chunk[0])
            return
        # Dask also blames chunks that only waited for the worker that died: one that is not halved has another chance.
        middle = len(chunk) // 2
        for number, piece in enumerate(filter(None, (chunk[:middle], chunk[middle:]))):
            again = self._submitted(client, piece, f"{future.key}-{number}")
            yield from self._results(client, piece, again, is_alone=True)


def _connected(address: str) -> Any:
    """A client of the scheduler, whose workers are there and have the extractors of this process."""
    try:
        from distributed import Client
    except ImportError as error:
        raise UserError(_INSTALL) from error
    try:
        client: Any = Client(address, timeout=_CONNECT_SECONDS, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        raise UserError(f"{address}: no Dask scheduler answers there; start one with `dask scheduler`") from error
    try:
        client.wait_for_workers(1, timeout=_CONNECT_SECONDS)
        there = set(client.run(_extractor_version).values())
    except TimeoutError as error:
        client.close()
        raise UserError(f"{address}: the scheduler has no workers; start some with `dask worker {address}`") from error
    except Exception as error:
        client.close()
        raise UserError(f"{address}: its workers cannot run paperclaims ({error}); install it there") from error
    if there != {_extractor_version()}:
        client.close()
        versions = ", ".join(sorted(there))
        raise UserError(f"{address}: its workers have extractors {versions}, here they are {_extractor_version()}")
    return client


def _extractor_version() -> str:
    import extractors

    return extractors.EXTRACTOR_VERSION
