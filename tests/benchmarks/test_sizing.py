"""The table of docs/scale.md is what its command prints."""

from __future__ import annotations

from benchmarks.storage.sizing import COSTS, HEAD, size
from paths import ROOT


def test_the_table_on_the_page_is_the_one_that_is_computed() -> None:
    page = (ROOT / "docs" / "scale.md").read_text("utf-8")
    for chunks, people in [(100_000, 30), (1_000_000, 300), (10_000_000, 3_000), (50_000_000, 10_000)]:
        row = size(chunks, people).row()
        assert len(row) == len(HEAD)
        assert f"| {' | '.join(row)} |" in page


def test_every_cost_names_where_it_was_measured() -> None:
    assert all(cost.source and cost.value > 0 for cost in COSTS)


def test_twice_the_chunks_take_twice_the_disk_and_the_hours() -> None:
    one, two = size(1_000_000, 100), size(2_000_000, 100)
    assert (two.disk, two.core_hours) == (2 * one.disk, 2 * one.core_hours)
    assert two.rate == one.rate
