"""Quiet, offline defaults for Prefect, set before it is imported and only where the user has said nothing.

Prefect reads its settings from the environment, ``.env``, ``prefect.toml``, ``pyproject.toml`` and the active profile,
in this order of strength. An environment variable would override all of them, so each default is set only where none of
them names the setting. ``PREFECT_HOME`` is left alone.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

_OFFLINE = {
    "DO_NOT_TRACK": "1",
    "PREFECT_CLOUD_ENABLE_ORCHESTRATION_TELEMETRY": "false",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    # The default of 20 s is too short for the first start on a busy laptop (17 s measured on an idle one).
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
}
_QUIET = {"PREFECT_LOGGING_LEVEL": "WARNING"}
_WITHOUT_API = {"PREFECT_LOGGING_TO_API_ENABLED": "false"}


def apply_defaults(*, quiet: bool) -> None:
    """Set the defaults as environment variables. Call before the first import of Prefect.

    ``quiet`` is for a run that a person watches on the command line; a schedule keeps its log.
    """
    named = configured_settings()
    defaults = dict(_OFFLINE)
    if quiet:
        defaults |= _QUIET if "PREFECT_API_URL" in named else _QUIET | _WITHOUT_API
    for name, value in defaults.items():
        if name not in named:
            os.environ[name] = value


def configured_settings() -> dict[str, str]:
    """The settings that the user has given anywhere that Prefect looks, named as environment variables."""
    return {
        **_active_profile(),
        **dict(_flat(_toml(Path("pyproject.toml")).get("tool", {}).get("prefect", {}))),
        **dict(_flat(_toml(Path("prefect.toml")))),
        **dict(_dotenv(Path(".env"))),
        **os.environ,
    }


def _active_profile() -> dict[str, str]:
    home = Path(os.environ.get("PREFECT_HOME") or "~/.prefect").expanduser()
    profiles = _toml(Path(os.environ.get("PREFECT_PROFILES_PATH") or home / "profiles.toml"))
    active = os.environ.get("PREFECT_PROFILE") or profiles.get("active")
    profile = profiles.get("profiles", {}).get(active, {})
    return {name: str(value) for name, value in profile.items()}


def _flat(tables: Mapping[str, Any], prefix: str = "PREFECT") -> Iterator[tuple[str, str]]:
    """``[server.ephemeral] enabled = true`` → ``PREFECT_SERVER_EPHEMERAL_ENABLED``, ``True``."""
    for key, value in tables.items():
        name = f"{prefix}_{key.upper()}"
        if isinstance(value, dict):
            yield from _flat(value, name)
        else:
            yield name, str(value)


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return {}  # Prefect says itself what is wrong with a file of its own


def _dotenv(path: Path) -> Iterator[tuple[str, str]]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return
    for line in lines:
        name, separator, value = line.removeprefix("export ").partition("=")
        if separator:
            yield name.strip().upper(), value.strip().strip("'\"")
