"""Rejects: what could not be used, with as much of it as can be kept."""

from __future__ import annotations

import json

from flows.readers.errors import one_line
from schemas.records import Reject

MAX_RECORD_CHARS = 4_000
"""A reject keeps so much of its record."""


def excerpt(record: object) -> str:
    """The record as valid JSON text of at most about :data:`MAX_RECORD_CHARS` characters."""
    try:
        text = json.dumps(record, default=repr, ensure_ascii=False).encode("utf-8", "replace").decode()
    except RecursionError:
        return '"a record that is nested too deeply to be shown"'
    if len(text) <= MAX_RECORD_CHARS:
        return text
    return json.dumps(text[:MAX_RECORD_CHARS] + " …", ensure_ascii=False)


def reject(source: str, place: str, check_name: str, reason: str, record: object = None) -> Reject:
    """A :class:`Reject` with its record cut to a bounded size."""
    return Reject(source, place, check_name, one_line(reason), "" if record is None else excerpt(record))
