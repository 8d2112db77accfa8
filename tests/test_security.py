"""SECURITY.md promises only what a test holds it to."""

from __future__ import annotations

import re

from tests.conftest import ROOT

TEXT = (ROOT / "SECURITY.md").read_text(encoding="utf-8")


def test_every_promise_names_tests_that_exist() -> None:
    rows = [line.split(" | ") for line in TEXT.splitlines() if line.startswith("| **")]
    assert len(rows) >= 10
    for promise, tests in rows:
        names = re.findall(r"`(?:tests/[a-z/]*)?((?:test_|fuzz)\w*\.py)`", tests)
        assert names, promise
        assert all(list((ROOT / "tests").rglob(name)) for name in names), promise


def test_dependencies_are_audited() -> None:
    assert "uv audit --locked" in (ROOT / ".ci/run").read_text(encoding="utf-8")
