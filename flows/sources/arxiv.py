"""arXiv's API: ``arxiv:cat:cs.CL AND abs:benchmark``, newest first, or one paper: ``arxiv:2106.05304``.

One request in three seconds, as https://info.arxiv.org/help/api/tou.html asks, also where several processes ask.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from typing import IO
from urllib.parse import urlencode

from flows.readers import read_stream
from flows.readers.errors import UnreadableSource
from flows.readers.identifiers import parse_arxiv_id
from flows.readers.rejects import reject
from flows.sources.http import Client, opened
from flows.sources.settings import Settings
from schemas.records import Paper, Reject

_PAGE_SIZE = 100
_EMPTY_PAGES = 3  # arXiv at times gives an empty page where there are more papers; so often it is asked again
_TOTAL = re.compile(rb"totalResults[^>]{0,200}>\s*(\d{1,12})\s*<")
_LOG = logging.getLogger(__name__)


def read(source: str, client: Client, settings: Settings) -> Iterator[Paper | Reject]:
    """The papers that a query finds, at most ``settings.arxiv_max``; says so (as a warning) where there are more."""
    query = source.partition(":")[2].strip()
    if not query:
        raise UnreadableSource(source, "no query; write for example arxiv:cat:cs.CL AND abs:benchmark")
    start = empty = 0
    total = settings.arxiv_max
    while start < min(total, settings.arxiv_max):
        size = min(_PAGE_SIZE, settings.arxiv_max - start)
        with opened(client, _url(settings, query, start, size), delay=settings.arxiv_delay) as body:
            total = _total(body)
            count = 0
            for item in read_stream(source, body):
                _raise_if_error(source, item)
                count += 1
                yield item
        start += count
        empty = 0 if count else empty + 1
        if empty == _EMPTY_PAGES and start < min(total, settings.arxiv_max):
            reason = f"the server gave only {start:,} of {total:,} papers"
            if not start:
                raise UnreadableSource(source, reason)
            yield reject(source, "the rest", "unreadable", reason)
            return
    if total > settings.arxiv_max:
        _LOG.warning(
            "%s: the newest %d of %d papers are read (PAPERCLAIMS_ARXIV_MAX)", source, settings.arxiv_max, total
        )


def _url(settings: Settings, query: str, start: int, size: int) -> str:
    one_paper = parse_arxiv_id(query) is not None
    options = {
        "id_list" if one_paper else "search_query": query,
        "start": start,
        "max_results": size,
        "sortBy": "submittedDate",
        "sortOrder": "descending",
    }
    return f"{settings.arxiv_url}/api/query?{urlencode(options)}"


def _total(body: IO[bytes]) -> int:
    """How many papers the query finds in all; 0 where the answer does not say."""
    match = _TOTAL.search(body.read(16_384))
    body.seek(0)
    return int(match[1]) if match else 0


def _raise_if_error(source: str, item: Paper | Reject) -> None:
    """arXiv tells of a bad query by a feed with one entry, "Error"."""
    if isinstance(item, Paper) and item.title == "Error" and "/api/errors" in item.id:
        raise UnreadableSource(source, f"arXiv says: {item.abstract[:300]}")
