"""What is known of the hosts that links lead to (``[[host]]`` in ``data/links.toml``)."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import cast

from extractors.urls import address_of, link_data
from schemas.records import LinkRole


@dataclass(frozen=True, slots=True)
class Host:
    """What is known of a host, or of a path on it."""

    name: str
    role: LinkRole
    repo: bool


@functools.cache
def _hosts() -> dict[str, Host]:
    return {
        host["name"]: Host(host["name"], cast(LinkRole, host["role"]), host.get("repo", False))
        for host in link_data()["host"]
    }


def host_of(url: str) -> Host | None:
    """The entry of ``data/links.toml`` with the longest name that fits the address, None for unknown hosts."""
    host, _, path = address_of(url).lower().partition("/")
    host = host.partition(":")[0].removeprefix("dx.")
    first = path.partition("/")[0]
    labels = host.split(".")
    parents = [".".join(labels[i:]) for i in range(len(labels) - 1)]
    names = [f"{host}/{first}", *parents, *(f"*.{parent}" for parent in parents[1:]), f"{labels[0]}.*"]
    return next((_hosts()[name] for name in names if name in _hosts()), None)
