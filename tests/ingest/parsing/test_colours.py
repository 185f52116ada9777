"""Which colours a reader can tell apart: one rule for all formats."""

from __future__ import annotations

import pytest

from ingest.parsing.formats.colours import BLACK, WHITE, Colour, from_hex, unseen


@pytest.mark.parametrize(
    ("text", "ground"),
    [
        ("#FFFFFF", WHITE),
        ("#F2F2F2", WHITE),
        ("#EFEFEF", WHITE),
        ("#FFFFE6", WHITE),
        ("#121212", BLACK),
        ("#1F4E79", (31, 78, 121)),
    ],
)
def test_letters_that_nobody_tells_from_their_ground(text: str, ground: Colour) -> None:
    assert unseen(from_hex(text), ground) == "colour"


@pytest.mark.parametrize(
    ("text", "ground"),
    [
        ("#EEEEEE", WHITE),
        ("#DDDDDD", WHITE),  # a watermark
        ("#FFFFFF", (231, 230, 230)),  # Office's light grey
        ("#FFFF00", WHITE),
        ("#2F598D", (31, 73, 125)),
        ("#1C1C1C", BLACK),
    ],
)
def test_pale_letters_that_can_be_read_stay(text: str, ground: Colour) -> None:
    assert unseen(from_hex(text), ground) is None


def test_what_is_not_known_hides_nothing_but_size_does() -> None:
    assert unseen(None, WHITE) is None
    assert unseen(WHITE, None) is None
    assert unseen(BLACK, None, 1.9) == "size"
    assert unseen(BLACK, WHITE, 2.0) is None
    assert from_hex("auto") is from_hex("#ffff") is None
