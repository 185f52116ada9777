from __future__ import annotations

from chatbot.cli.protections import protection_lines

ALL = (
    "memory", "processor time", "files", "network", "programs", "keys", "file view (Landlock 6)", "descriptors",
)  # fmt: skip


def test_what_holds_is_told_in_one_line_of_the_language_of_the_command_line() -> None:
    assert list(protection_lines(ALL)) == [
        "files are read in a process of its own: memory limited, time limited, writes nothing, no network, starts no program, keys in this program's memory out of reach, sees no other file (Landlock 6), is handed files opened, without paths",
    ]


def test_what_does_not_hold_is_told_with_what_it_takes() -> None:
    lines = list(protection_lines([name for name in ALL if "view" not in name]))
    assert lines[1:] == [
        "does not hold here: sees no other file (needs Linux from 5.13 with Landlock)",
    ]
    assert next(protection_lines([])).startswith("does not hold here: memory limited (needs Linux), ")
