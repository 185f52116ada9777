"""SECURITY.md promises nothing without a test that is there."""

from __future__ import annotations

import re

from paths import ROOT

TEXT = (ROOT / "SECURITY.md").read_text("utf-8")


def test_every_promise_names_tests_that_exist() -> None:
    rows = re.findall(r"(?m)^\| .* \|$", TEXT.split("what shows it")[1])[1:]  # without the head
    assert len(rows) > 15
    for row in rows:
        _, promise, shown, _ = row.split("|")
        places = re.findall(r"`(tests/[^`]+)`", shown)
        assert places, promise
        assert [place for place in places if not (ROOT / place).exists()] == [], promise


def test_every_link_leads_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", TEXT):
        assert (ROOT / target).exists(), target
