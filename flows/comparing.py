"""What two outputs of ``paperclaims extract`` differ in: papers, claims by slot, links, names, code.

Memory: the older file is indexed (a key, a hash and a place for each paper, some hundred bytes), the newer one streams
past it. Papers whose line is the same in both are not looked into.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cache
from hashlib import blake2b
from pathlib import Path
from types import UnionType
from typing import IO, Any, Literal, Union, get_args, get_origin, get_type_hints

from flows.errors import UserError
from flows.readers.json_lines import decode
from schemas.records import Claim, Link, Paper, claim_to_json, link_to_json

Record = dict[str, Any]
Report = Callable[[str], None]
Kind = Literal["added", "lost", "changed"]

MAX_LINE_BYTES = 64 * 1024 * 1024
"""A longer line is not compared, but reported."""

QUIET_SLOTS = frozenset({"rule", "confidence"})
"""A claim of which only these moved is counted, not shown."""

_PLACE = ("in", "start", "end")
_PAPER_FIELDS = ("id", "title", "abstract", "url", "published", "arxiv_id", "doi", "authors", "categories", "code")
_NAMES = {"benchmarks": "benchmark", "models": "model", "hardware": "hardware"}


@dataclass(frozen=True, slots=True)
class Changed:
    """One slot that moved: its name and its values before and after."""

    slot: str
    old: Any
    new: Any


@dataclass(frozen=True, slots=True)
class ClaimChange:
    """A claim that came (``old`` is None), went (``new`` is None) or moved in some slots."""

    old: Record | None
    new: Record | None
    slots: tuple[Changed, ...] = ()

    @property
    def is_quiet(self) -> bool:
        return bool(self.slots) and all(change.slot in QUIET_SLOTS for change in self.slots)


@dataclass(frozen=True, slots=True)
class PaperChange:
    """A paper that is not the same in both files."""

    kind: Kind
    paper: Record
    fields: tuple[Changed, ...] = ()
    claims: tuple[ClaimChange, ...] = ()
    links: tuple[Changed, ...] = ()
    names: tuple[Changed, ...] = ()


@dataclass(slots=True)
class Comparison:
    """Iterate over it for the papers that differ; its counts are whole at the end.

    Raises:
        UserError: a file cannot be read, or not twice (a pipe).
    """

    old: Path
    new: Path
    report: Report
    """Is told of every line that is none of ``paperclaims extract``."""
    papers: Counter[str] = field(default_factory=Counter)
    claims: Counter[str] = field(default_factory=Counter)
    slots: Counter[str] = field(default_factory=Counter)
    bad_lines: int = 0

    @property
    def differs(self) -> bool:
        return any(self.papers[kind] for kind in ("added", "lost", "changed"))

    def __iter__(self) -> Iterator[PaperChange]:
        with ExitStack() as stack:
            old, new = (stack.enter_context(_opened(path)) for path in (self.old, self.new))
            index = self._index(old)
            for key, line, record in self._records(self.new, new):
                places = index.get(key)
                if not places:
                    yield self._counted(PaperChange("added", record, claims=_all_claims(None, record)))
                    continue
                place, line_hash = places.pop(0)
                if line_hash == _hashed(line):
                    self.papers["same"] += 1
                else:
                    yield self._counted(_compared(_record_at(old, place), record))
            for place in sorted(place for places in index.values() for place, _ in places):
                lost = _record_at(old, place)
                yield self._counted(PaperChange("lost", lost, claims=_all_claims(lost, None)))

    def _index(self, file: IO[bytes]) -> dict[bytes, list[tuple[int, bytes]]]:
        """Where each paper of the older file stands, and the hash of its line; several where a key comes again."""
        index: dict[bytes, list[tuple[int, bytes]]] = {}
        for key, line, _ in self._records(self.old, file):
            place = file.tell() - len(line)
            index.setdefault(key, []).append((place, _hashed(line)))
        return index

    def _records(self, path: Path, file: IO[bytes]) -> Iterator[tuple[bytes, bytes, Record]]:
        """Key, line and record of every good line; the others are reported."""
        number = 0
        while line := file.readline(MAX_LINE_BYTES + 1):
            number += 1
            try:
                if len(line) > MAX_LINE_BYTES and not line.endswith(b"\n"):
                    while (part := file.readline(MAX_LINE_BYTES)) and not part.endswith(b"\n"):
                        pass
                    raise ValueError(f"a line over {MAX_LINE_BYTES // 1024**2} MiB")
                if not line.strip():
                    continue
                record = _checked(_decoded(line))
            except ValueError as error:
                self.bad_lines += 1
                self.report(f"{path}, line {number}: {error}")
                continue
            yield _key(record), line, record

    def _counted(self, change: PaperChange) -> PaperChange:
        self.papers[change.kind] += 1
        for claim in change.claims:
            if claim.old is None or claim.new is None:
                self.claims["added" if claim.old is None else "lost"] += 1
            else:
                self.claims["changed"] += 1
                self.slots.update(moved.slot for moved in claim.slots)
        return change


def _opened(path: Path) -> IO[bytes]:
    try:
        file = path.open("rb")
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror or error})") from error
    if not file.seekable():
        file.close()
        raise UserError(f"{path}: a pipe cannot be compared, write it to a file first")
    return file


def _hashed(data: bytes) -> bytes:
    return blake2b(data.rstrip(), digest_size=12).digest()


def _key(record: Record) -> bytes:
    """What tells the paper from others: its id, else its title, else its abstract."""
    named = next((name for name in ("id", "title", "abstract") if record[name]), "id")
    return _hashed(f"{named} {record[named]}".encode(errors="surrogatepass"))


def _record_at(file: IO[bytes], place: int) -> Record:
    file.seek(place)
    return _checked(decode(file.readline()))


def _decoded(line: bytes) -> Any:
    try:
        return decode(line)
    except ValueError as error:
        raise ValueError(f"not valid JSON: {error}") from error


def _checked(record: Any) -> Record:
    """The record if it is one of ``paperclaims extract``; raises ValueError, which says what it lacks."""
    if not isinstance(record, dict):
        raise ValueError("not a line of 'paperclaims extract', but another kind of JSON")
    entities = record.get("entities")
    good = {
        **{name: _fits(record.get(name, ...), hint) for name, hint in _paper_hints().items()},
        "code": isinstance(record.get("code"), str),
        "claims": _all_fit(record.get("claims"), _claim_hints()),
        "links": _all_fit(record.get("links"), _link_hints()),
        "entities": isinstance(entities, dict) and all(_fits(entities.get(name), tuple[str, ...]) for name in _NAMES),
    }
    bad = [name for name, fits in good.items() if not fits]
    if bad:
        raise ValueError(f"not a line of 'paperclaims extract': {', '.join(bad)} missing or of another form")
    return record


def _all_fit(values: Any, hints: dict[str, Any]) -> bool:
    return isinstance(values, list) and all(
        isinstance(value, dict) and all(_fits(value.get(name, ...), hint) for name, hint in hints.items())
        for value in values
    )


def _fits(value: Any, hint: Any) -> bool:
    """Whether a JSON value can stand for a field of a record type."""
    origin = get_origin(hint)
    if origin in (Union, UnionType):
        return any(_fits(value, part) for part in get_args(hint))
    if origin is Literal:
        return isinstance(value, str)
    if origin is tuple:
        return isinstance(value, list) and all(isinstance(item, str) for item in value)
    if hint is float:
        return isinstance(value, int | float)
    return isinstance(value, hint)


def _hints(kind: type, names: Sequence[str]) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {name: hints["field" if name == "in" else name] for name in names}


@cache
def _paper_hints() -> dict[str, Any]:
    return _hints(Paper, [name for name in _PAPER_FIELDS if name != "code"])


@cache
def _claim_hints() -> dict[str, Any]:
    example = Claim("score", 0.0, "", "", 0, 0, "title")
    return _hints(Claim, list(claim_to_json(example)))


@cache
def _link_hints() -> dict[str, Any]:
    return _hints(Link, list(link_to_json(Link("", "other"))))


def _compared(old: Record, new: Record) -> PaperChange:
    same_text = all(old[name] == new[name] for name in ("title", "abstract"))
    names = (_counted_difference(name, old["entities"][kind], new["entities"][kind]) for kind, name in _NAMES.items())
    links = (sorted((link["role"], link["url"]) for link in record["links"]) for record in (old, new))
    return PaperChange(
        "changed",
        new,
        fields=_moved(old, new, _PAPER_FIELDS),
        claims=tuple(_compared_claims(old["claims"], new["claims"], same_text)),
        links=tuple(_counted_difference("link", *links)),
        names=tuple(change for kind in names for change in kind),
    )


def _moved(old: Record, new: Record, names: Sequence[str]) -> tuple[Changed, ...]:
    return tuple(Changed(name, old[name], new[name]) for name in names if old[name] != new[name])


def _counted_difference(what: str, old: Sequence[Any], new: Sequence[Any]) -> Iterator[Changed]:
    """What went, with None for new, and what came, with None for old; doubles count."""
    before, after = Counter(old), Counter(new)
    yield from (Changed(what, item, None) for item in (before - after).elements())
    yield from (Changed(what, None, item) for item in (after - before).elements())


def _all_claims(old: Record | None, new: Record | None) -> tuple[ClaimChange, ...]:
    if old:
        return tuple(ClaimChange(claim, None) for claim in old["claims"])
    return tuple(ClaimChange(None, claim) for claim in new["claims"]) if new else ()


def _compared_claims(old: list[Record], new: list[Record], same_text: bool) -> list[ClaimChange]:
    """Claims of the same characters are one claim; where the text is the same, so are claims that overlap."""
    key = _PLACE if same_text else ("in", "span")
    waiting: dict[tuple[Any, ...], deque[Record]] = {}
    for claim in old:
        waiting.setdefault(tuple(claim[name] for name in key), deque()).append(claim)
    pairs: list[tuple[Record | None, Record | None]] = []
    came: list[Record] = []
    for claim in new:
        before = waiting.get(tuple(claim[name] for name in key))
        if before:
            pairs.append((before.popleft(), claim))
        else:
            came.append(claim)
    went = [claim for claims in waiting.values() for claim in claims]
    pairs += _overlapping(went, came) if same_text else [*((claim, None) for claim in went), *((None, c) for c in came)]
    slots = [name for name in _claim_hints() if name not in (_PLACE if same_text else (*_PLACE, "sentence"))]
    changes = [
        ClaimChange(before, after, _moved(before, after, slots) if before and after else ()) for before, after in pairs
    ]
    changes.sort(key=lambda change: _order(change.new or change.old or {}))
    return [change for change in changes if change.slots or not (change.old and change.new)]


def _order(claim: Record) -> tuple[bool, int, int]:
    return claim["in"] != "title", claim["start"], claim["end"]


def _overlapping(old: list[Record], new: list[Record]) -> list[tuple[Record | None, Record | None]]:
    """Each with the first of the other side that shares characters with it, else alone."""
    old, new = sorted(old, key=_order), sorted(new, key=_order)
    pairs: list[tuple[Record | None, Record | None]] = []
    i = j = 0
    while i < len(old) and j < len(new):
        before, after = old[i], new[j]
        if before["in"] == after["in"] and before["start"] < after["end"] and after["start"] < before["end"]:
            pairs.append((before, after))
            i, j = i + 1, j + 1
        elif _order(before) <= _order(after):
            pairs.append((before, None))
            i += 1
        else:
            pairs.append((None, after))
            j += 1
    return [*pairs, *((claim, None) for claim in old[i:]), *((None, claim) for claim in new[j:])]
