"""Short-lived connections to the one database file, and what to say where it cannot be opened.

DuckDB locks the file for one writing process or many reading ones. A writer holds it only for a transaction, so both
sides simply try again until it is free (measurements in FACTS: a second process fails at once, it never waits).
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb

from warehouse.errors import DatabaseBusy, DatabaseMissing, DatabaseUnusable, WarehouseError, one_line

READ_WAIT_SECONDS = 30.0
"""Readers give up after this."""
WRITE_WAIT_SECONDS = 600.0
"""Writers give up after this: another run's load transaction takes seconds."""
NOTICE_SECONDS = 1.0
"""A wait longer than this is announced."""

_PAUSE_SECONDS = 0.05
_MAGIC_OFFSET, _MAGIC = 8, b"DUCK"

_COMMON: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "python_enable_replacements": "false",
}
_SEALED: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": "false",
    "lock_configuration": "true",
}

_FILE_FAULTS = (duckdb.IOException, duckdb.FatalException, duckdb.SerializationException, duckdb.InternalException)
_SIGNS_OF_FAULT = ("Corrupt database file", "Could not write file")

Notify = Callable[[str], None]


def to_stderr(message: str) -> None:
    """Print the message to standard error."""
    print(message, file=sys.stderr)


@contextmanager
def reader(path: Path, notify: Notify = to_stderr, wait_seconds: float = READ_WAIT_SECONDS) -> Iterator[Connection]:
    """A connection that can neither write, nor touch other files, nor load extensions.

    Raises:
        WarehouseError: the file is missing, busy for ``wait_seconds``, damaged or not a DuckDB database.
    """
    _require_database(path)
    connection = _connect(path, read_only=True, notify=notify, wait_seconds=wait_seconds)
    with _closing(path, connection):
        yield connection


@contextmanager
def writer(path: Path, notify: Notify = to_stderr, wait_seconds: float = WRITE_WAIT_SECONDS) -> Iterator[Connection]:
    """A connection that writes; the file is made where it is missing. Nobody else can open it meanwhile.

    Raises:
        WarehouseError: as for :func:`reader`, or the folder cannot be written to.
    """
    if os.path.exists(path):  # unlike Path.exists, not upset by a folder that may not be looked into
        _require_database(path)
    connection = _connect(path, read_only=False, notify=notify, wait_seconds=wait_seconds)
    with _closing(path, connection):
        yield connection


@contextmanager
def transaction(connection: Connection) -> Iterator[None]:
    """All or nothing: commits at the end, rolls back where an error leaves the block."""
    connection.execute("BEGIN TRANSACTION")
    try:
        yield
    except BaseException:
        with suppress(duckdb.Error):  # where the file is at fault, there is no transaction left
            connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


Connection = duckdb.DuckDBPyConnection

_INTERRUPTED = "Query interrupted"
"""What DuckDB says, as a RuntimeError, where Ctrl-C meets one of its calls that is no query."""


@contextmanager
def _closing(path: Path, connection: Connection) -> Iterator[None]:
    try:
        yield
    except duckdb.InterruptException as error:
        raise KeyboardInterrupt from error
    except duckdb.Error as error:
        if is_fault_of_file(error):
            raise _unusable(path, error) from error
        raise
    except RuntimeError as error:
        if str(error) == _INTERRUPTED:
            raise KeyboardInterrupt from error
        raise
    finally:
        connection.close()


def is_fault_of_file(error: duckdb.Error) -> bool:
    """Whether the file (or the disk below it) is to blame, rather than the statement."""
    # A wrong checksum arrives as a bare duckdb.Error while rows are fetched, a full disk as a TransactionException.
    return isinstance(error, _FILE_FAULTS) or any(sign in str(error) for sign in _SIGNS_OF_FAULT)


def _require_database(path: Path) -> None:
    if not os.path.exists(path):
        raise DatabaseMissing(f"no database at {path}: load papers into it first with 'paperclaims run SOURCE'")
    try:
        with path.open("rb") as file:
            head = file.read(_MAGIC_OFFSET + len(_MAGIC))
    except OSError as error:
        raise DatabaseUnusable(f"{path} cannot be read ({error.strerror}): name another file with --db") from None
    if head[_MAGIC_OFFSET:] != _MAGIC:
        raise DatabaseUnusable(f"{path} is not a DuckDB database: name another file with --db")


def _connect(path: Path, *, read_only: bool, notify: Notify, wait_seconds: float) -> Connection:
    config = _COMMON | _SEALED if read_only else _COMMON
    start = time.monotonic()
    announced = False
    while True:
        try:
            return duckdb.connect(os.path.abspath(path), read_only=read_only, config=config)
        except duckdb.Error as error:
            if not _is_busy(error):
                raise _unusable(path, error) from error
            waited = time.monotonic() - start
            if waited >= wait_seconds:
                raise DatabaseBusy(
                    f"{path} has been in use by another program for {wait_seconds:g} s: try again when it is done"
                ) from None
            if waited >= NOTICE_SECONDS and not announced:
                notify(f"{path} is in use by another program: waiting for up to {wait_seconds:g} s")
                announced = True
        time.sleep(_PAUSE_SECONDS)


def _is_busy(error: duckdb.Error) -> bool:
    # Another process holds the lock, or another thread of this one has the file open in the other mode.
    message = str(error)
    return "Could not set lock" in message or "different configuration" in message


def _unusable(path: Path, error: Exception) -> WarehouseError:
    message = one_line(error)
    if "Permission denied" in message or "Read-only file system" in message:
        return DatabaseUnusable(f"{path} cannot be written to: name another file with --db")
    if "Could not write file" in message:
        reason = message.rsplit(": ", 1)[-1].lower()
        return DatabaseUnusable(
            f"{path} could not be written ({reason}): what was committed before is kept; make room and run again"
        )
    if isinstance(error, duckdb.IOException) and "Cannot open file" in message:
        return DatabaseUnusable(f"{path} cannot be opened: {message}")
    return DatabaseUnusable(f"{path} is damaged or of a newer DuckDB: restore a backup or load again ({message})")
