"""Ingests and readers that are killed at random never see, or leave, anything but whole documents.

``SOAK_S`` sets the seconds of the long one: ``SOAK_S=3600 pytest -m slow tests/campaigns/test_soak.py``.
"""

from __future__ import annotations

import os
from typing import Any

import pytest


def test_readers_see_whole_documents_while_ingests_are_killed(campaign: Any) -> None:
    result = campaign("soak", "--seconds", "5", "--seed", campaign.first)
    assert result["violations"] == []
    assert result["kills"] >= 10
    assert result["commits"] >= 20
    assert result["checks"] >= 100


@pytest.mark.slow
def test_readers_see_whole_documents_through_a_long_soak(campaign: Any) -> None:
    seconds = float(os.environ.get("SOAK_S", "60"))
    result = campaign("soak", "--seconds", str(seconds), "--seed", campaign.first)
    assert result["violations"] == []
    assert result["kills"] >= min(50, seconds)
    assert result["commits"] >= 10 * seconds
    assert result["checks"] >= 10 * seconds
