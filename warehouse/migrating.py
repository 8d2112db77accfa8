"""Brings a database to the newest schema: numbered SQL files, applied in order, after a backup."""

from __future__ import annotations

import os
import re
import shutil
from functools import cache
from importlib.resources import files
from pathlib import Path

import duckdb

from warehouse.connection import Connection, Notify, reader, transaction, writer
from warehouse.errors import DatabaseUnusable
from warehouse.reference import refresh_reference
from warehouse.statements import statement

_NAME = re.compile(r"(\d{4})_\w+\.sql")


@cache
def migrations() -> dict[int, tuple[str, str]]:
    """Number → (file name, SQL) of every migration, in order."""
    found = {
        int(match[1]): (entry.name, entry.read_text(encoding="utf-8"))
        for entry in files("warehouse.migrations").iterdir()
        if (match := _NAME.fullmatch(entry.name))
    }
    return dict(sorted(found.items()))


def newest_version() -> int:
    """The schema version that this program works with."""
    return max(migrations())


def ensure_newest(path: Path, notify: Notify, wait_seconds: float) -> None:
    """Make the database if it is missing, migrate it if it is older (keeping a backup beside it).

    Waits ``wait_seconds`` at most where another program is writing.

    Raises:
        WarehouseError: the file is of another program, of a newer version, or cannot be opened.
    """
    if os.path.exists(path):
        with reader(path, notify, wait_seconds) as connection:
            version = schema_version(connection, path)
            if version == newest_version():
                return
            if version:
                backup = path.with_name(f"{path.name}.v{version}.bak")
                _back_up(path, backup, version)
                notify(f"{path} is of schema {version}: migrating to {newest_version()}; backup at {backup}")
    with writer(path, notify, wait_seconds) as connection:
        _apply(connection, path)


def schema_version(connection: Connection, path: Path) -> int:
    """The schema version of an open database; 0 for one without any table.

    Raises:
        DatabaseUnusable: another program's database, or a newer schema than this program knows.
    """
    tables = {name for (name,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
    if not tables:
        return 0
    if not tables >= {"schema_migrations", "papers", "claims"}:
        raise DatabaseUnusable(f"{path} is another program's database: name another file with --db")
    try:
        rows = connection.execute("SELECT max(version) FROM schema_migrations").fetchall()
    except duckdb.BinderException:
        raise DatabaseUnusable(f"{path} is another program's database: name another file with --db") from None
    version = int(rows[0][0] or 0)
    if version > newest_version():
        raise DatabaseUnusable(
            f"{path} is of schema {version}, this program knows {newest_version()}: "
            "update paperclaims, or name another file with --db"
        )
    return version


def _back_up(path: Path, backup: Path, version: int) -> None:
    # The caller's reading connection keeps writers away. A write-ahead log that a killed run left belongs to the data.
    try:
        for suffix in ("", ".wal"):
            source, target = Path(f"{path}{suffix}"), Path(f"{backup}{suffix}")
            if source.exists():
                part = Path(f"{target}.part")
                shutil.copyfile(source, part)
                os.replace(part, target)
    except OSError as error:
        raise DatabaseUnusable(
            f"{path} is of schema {version} and cannot be backed up before it is migrated to {newest_version()} "
            f"({error.strerror}): copy it to where there is room and you may write"
        ) from None


def _apply(connection: Connection, path: Path) -> None:
    with transaction(connection):
        version = schema_version(connection, path)  # again: another process may have been faster
        if version == 0:
            connection.execute(statement("schema_migrations"))
        for number, (name, sql) in migrations().items():
            if number > version:
                connection.execute(sql)
                connection.execute(
                    "INSERT INTO schema_migrations VALUES (?, ?, now()::TIMESTAMPTZ AT TIME ZONE 'UTC')", [number, name]
                )
        refresh_reference(connection)
