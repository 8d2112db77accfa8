"""Quiet defaults: set only where the user has said nothing, in whatever place Prefect looks."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from flows.prefect_settings import apply_defaults, configured_settings

LEVEL = "PREFECT_LOGGING_LEVEL"


@pytest.fixture(autouse=True)
def nobody_said_anything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty folder and home, and no setting of Prefect in the environment."""
    monkeypatch.setattr(os, "environ", {"HOME": str(tmp_path), "PREFECT_HOME": str(tmp_path / "home")})
    monkeypatch.chdir(tmp_path)


def test_defaults_are_quiet_and_leave_the_home_alone(tmp_path: Path) -> None:
    apply_defaults(quiet=True)
    assert os.environ[LEVEL] == "WARNING"
    assert os.environ["PREFECT_SERVER_ANALYTICS_ENABLED"] == "false"
    assert os.environ["PREFECT_LOGGING_TO_API_ENABLED"] == "false"
    assert os.environ["PREFECT_HOME"] == str(tmp_path / "home")


def test_a_schedule_keeps_its_log() -> None:
    apply_defaults(quiet=False)
    assert LEVEL not in os.environ
    assert "PREFECT_LOGGING_TO_API_ENABLED" not in os.environ


def test_with_an_api_of_the_users_own_logs_go_there() -> None:
    os.environ["PREFECT_API_URL"] = "http://127.0.0.1:1/api"
    apply_defaults(quiet=True)
    assert "PREFECT_LOGGING_TO_API_ENABLED" not in os.environ


PLACES = {
    "prefect.toml": "[logging]\nlevel = 'DEBUG'\n",
    "pyproject.toml": "[tool.prefect.logging]\nlevel = 'DEBUG'\n",
    ".env": "# settings\nexport PREFECT_LOGGING_LEVEL='DEBUG'\n",
    "home/profiles.toml": "active = 'mine'\n[profiles.mine]\nPREFECT_LOGGING_LEVEL = 'DEBUG'\n",
}


@pytest.mark.parametrize("place", PLACES)
def test_what_the_user_set_anywhere_stays(tmp_path: Path, place: str) -> None:
    path = tmp_path / place
    path.parent.mkdir(exist_ok=True)
    path.write_text(PLACES[place])
    assert configured_settings()[LEVEL] == "DEBUG"
    apply_defaults(quiet=True)
    assert LEVEL not in os.environ


def test_another_profile_does_not_count(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home/profiles.toml").write_text("active = 'a'\n[profiles.b]\nPREFECT_LOGGING_LEVEL = 'DEBUG'\n")
    assert LEVEL not in configured_settings()
    os.environ["PREFECT_PROFILE"] = "b"
    assert configured_settings()[LEVEL] == "DEBUG"


def test_a_broken_file_is_left_to_prefect(tmp_path: Path) -> None:
    (tmp_path / "prefect.toml").write_text("[[[")
    apply_defaults(quiet=True)
    assert os.environ[LEVEL] == "WARNING"
