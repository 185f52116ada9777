"""Whatever happens to the process or the disk during an operation: every document is wholly old or wholly new."""

from __future__ import annotations

from typing import Any

import pytest

# every other point in each half: two workers share a campaign
half = pytest.mark.parametrize("first", ["0", "1"])


@pytest.fixture(autouse=True)
def _traceable(can_trace: None) -> None:
    """These tests need ptrace."""


@pytest.fixture(scope="module")
def faults(can_trace: None, campaign: Any) -> Any:
    return campaign("disk", "faults", "--stride", "34", "--first", campaign.first)


def test_a_killed_operation_leaves_every_document_wholly_old_or_wholly_new(campaign: Any) -> None:
    result = campaign("disk", "crash", "--stride", "34", "--first", campaign.first)
    assert result["violations"] == []
    assert sum(result["points"].values()) >= 75


@pytest.mark.slow
@half
def test_a_kill_at_every_file_call_leaves_every_document_wholly_old_or_wholly_new(
    campaign: Any, first: str
) -> None:
    result = campaign("disk", "crash", "--stride", "2", "--first", first)
    assert result["violations"] == []
    assert sum(result["points"].values()) >= 1000


def test_a_failing_disk_leaves_the_old_index_answering_and_the_same_works_later(faults: Any) -> None:
    assert faults["violations"] == []
    assert sum(faults["points"].values()) >= 50


def test_a_full_disk_is_not_taken_for_a_damaged_index(faults: Any) -> None:
    wrong = [message for message in faults["messages"] if "full" in message and "ingest anew" in message]
    assert wrong == []


@pytest.mark.slow
@half
def test_a_disk_that_fails_at_any_write_or_sync_leaves_the_old_index_answering(
    campaign: Any, first: str
) -> None:
    result = campaign("disk", "faults", "--stride", "2", "--first", first)
    assert result["violations"] == []
    assert sum(result["points"].values()) >= 1000
