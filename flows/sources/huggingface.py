"""Daily Papers of Hugging Face: ``hf:today``, ``hf:2026-11-01``, ``hf:2026-11-01..2026-11-07`` (both ends included)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from flows.readers import read_stream
from flows.readers.errors import UnreadableSource
from flows.sources.http import Client, opened
from flows.sources.settings import Settings
from schemas.records import Paper, Reject

_PAGE_SIZE = 100
_MAX_PAGES = 50
_MAX_DAYS = 366


def read(source: str, client: Client, settings: Settings) -> Iterator[Paper | Reject]:
    """The papers of the days in order; each names the one day ("hf:2026-11-01") as its source.

    https://huggingface.co/docs/hub/api#get-apidailypapers
    """
    for day in _days(source):
        yield from _read_day(day, client, settings)


def _days(source: str) -> list[date]:
    text = source.partition(":")[2].strip()
    first, dots, last = text.partition("..")
    try:
        start = _day(first)
        end = _day(last) if dots else start
    except ValueError as error:
        form = "hf:today, hf:2026-11-01 or hf:2026-11-01..2026-11-07"
        raise UnreadableSource(source, f"not a day or a range of days; write {form}") from error
    count = (end - start).days + 1
    if not 1 <= count <= _MAX_DAYS:
        raise UnreadableSource(source, f"a range must go forward and have at most {_MAX_DAYS} days")
    return [start + timedelta(days=number) for number in range(count)]


def _day(text: str) -> date:
    # Days of Daily Papers are days of UTC.
    return datetime.now(UTC).date() if text.strip() == "today" else date.fromisoformat(text.strip())


def _read_day(day: date, client: Client, settings: Settings) -> Iterator[Paper | Reject]:
    """One day, page by page until a page brings nothing new: a page may hold fewer papers than were asked for."""
    name, seen = f"hf:{day}", set[tuple[str, str]]()
    for page in range(_MAX_PAGES):
        url = f"{settings.huggingface_url}/api/daily_papers?date={day}&sort=publishedAt&limit={_PAGE_SIZE}&p={page}"
        found_new = False
        with opened(client, url) as body:
            for item in read_stream(name, body):
                key = (item.id, item.title) if isinstance(item, Paper) else (item.check_name, item.record)
                if key not in seen:
                    seen.add(key)
                    found_new = True
                    yield item
        if not found_new:
            return
