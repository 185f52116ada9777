from __future__ import annotations

from pathlib import Path

from ingest.executors.lots import ALONE, LOT_BYTES, LOT_FILES, TOGETHER, Lots
from ingest.sync import FileTask


def task(name: str, size: int = 10) -> FileTask:
    return FileTask(name, Path(name), "", size, name, Path(name))


def all_of(lots: Lots) -> list[list[str]]:
    return [[task.uri for task in lots.take().tasks] for _ in range(len(lots))]


def test_every_file_is_in_one_lot_and_each_worker_has_several() -> None:
    parts = all_of(Lots([task(str(n)) for n in range(40)], workers=3))
    assert [name for part in parts for name in part] == [str(n) for n in range(40)]
    assert {len(part) for part in parts} == {4}
    assert max(map(len, all_of(Lots([task(str(n)) for n in range(4_000)], workers=3)))) == LOT_FILES


def test_a_lot_is_bounded_in_bytes_and_a_large_file_is_one_of_its_own() -> None:
    sizes = [LOT_BYTES // 2, LOT_BYTES // 2, 1, LOT_BYTES * 3, 1]
    tasks = [task(str(n), size) for n, size in enumerate(sizes)]
    assert all_of(Lots(tasks * 10, workers=1))[:4] == [["0", "1"], ["2"], ["3"], ["4", "0"]]


def test_a_lost_lot_is_tried_again_first_and_then_file_by_file() -> None:
    lots = Lots([task("a"), task("b"), task("c")] * 8, workers=1)
    first = lots.take()
    assert not first.tried
    assert lots.lose(first) is None
    again = lots.take()
    assert (again.tasks, again.tried) == (first.tasks, True)
    assert TOGETHER == 2
    assert lots.lose(again) is None
    alone = [lots.take() for _ in first.tasks]
    assert [lot.tasks for lot in alone] == [(task,) for task in first.tasks]
    assert all(lot.tried for lot in alone)  # some of them may be stored


def test_a_file_that_loses_every_worker_is_given_up_with_their_number() -> None:
    lots = Lots([task("poison"), task("b")] * 4, workers=1)
    for _ in range(TOGETHER):
        assert lots.lose(lots.take()) is None
    for _ in range(ALONE - 1):
        assert lots.lose(lots.take()) is None
    assert lots.lose(lots.take()) == (task("poison"), TOGETHER + ALONE)
    assert [t.uri for t in lots.take().tasks] == ["b"]
