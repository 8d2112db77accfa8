"""Addresses as they may be shown and kept: passwords and queries are secrets."""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit


def named(source: str) -> str:
    """The source by the name that messages and tables give it: an address without what may be secret."""
    return shown(source) if "://" in source else source


def shown(url: str) -> str:
    """The address without user name, password and query, which may be secret."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return url.partition("?")[0].rpartition("@")[2]
    return urlunsplit((parts.scheme, host + port, parts.path, "", ""))
