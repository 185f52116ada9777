from __future__ import annotations

from dataclasses import replace

from ingest.viewing.boxes import CharBox, Direction, line_boxes


def line(start: int, count: int, left: float, top: float, direction: Direction = "across") -> list[CharBox]:
    """Letters of 10 x 12, as a line or a column of them."""
    boxes = [
        CharBox(start + at, left + 10 * at, top, left + 10 * at + 10, top + 12, "across")
        for at in range(count)
    ]
    return boxes if direction == "across" else [replace(box.turned(), direction=direction) for box in boxes]


def sides(boxes: list[CharBox]) -> list[tuple[float, float, float, float]]:
    return [(box.left, box.top, box.right, box.bottom) for box in boxes]


def test_a_line_is_one_box_with_its_spaces_and_the_next_line_another() -> None:
    words = [*line(0, 3, 0, 0), *line(4, 3, 36, 0), *line(8, 5, 0, 20)]
    assert sides(line_boxes(words)) == [(0, 0, 66, 12), (0, 20, 50, 32)]


def test_cells_and_columns_are_boxes_of_their_own() -> None:
    assert sides(line_boxes([*line(0, 3, 0, 0), *line(4, 3, 80, 0)])) == [(0, 0, 30, 12), (80, 0, 110, 12)]
    # what stands between two words is not theirs
    assert len(line_boxes([*line(0, 3, 0, 0), *line(20, 3, 40, 0)])) == 2


def test_text_that_runs_down_the_page_is_joined_down_and_slanted_text_is_not() -> None:
    assert sides(line_boxes(line(0, 4, 0, 0, "down"))) == [(0, 0, 12, 40)]
    assert len(line_boxes(line(0, 4, 0, 0, "slanted"))) == 4


def test_boxes_of_close_lines_share_the_overlap_and_neither_covers_the_other() -> None:
    first, second = line_boxes([*line(0, 5, 0, 0), *line(6, 5, 0, 10)])
    assert first.bottom == second.top == 11
