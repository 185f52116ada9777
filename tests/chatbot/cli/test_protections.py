from __future__ import annotations

from chatbot.cli.protections import protection_lines

ALL = (
    "memory", "processor time", "files", "network", "programs", "keys", "file view (Landlock 6)", "descriptors",
)  # fmt: skip


def test_what_holds_is_told_in_english_and_korean() -> None:
    assert list(protection_lines(ALL)) == [
        "files are read in a process of its own: memory limited, time limited, writes nothing, no network, starts no program, keys in this program's memory out of reach, sees no other file (Landlock 6), is handed files opened, without paths",
        "파일을 읽는 별도 프로세스: 메모리 제한, 시간 제한, 쓰기 금지, 네트워크 차단, 프로그램 실행 금지, 이 프로그램 메모리의 키에 접근 불가, 다른 파일 접근 불가 (Landlock 6), 경로 없이 열린 파일만 받음",
    ]


def test_what_does_not_hold_is_told_with_what_it_takes() -> None:
    lines = list(protection_lines([name for name in ALL if "view" not in name]))
    assert lines[1::2] == [
        "does not hold here: sees no other file (needs Linux from 5.13 with Landlock)",
        "여기서 적용되지 않음: 다른 파일 접근 불가 (Landlock이 있는 Linux 5.13 이상 필요)",
    ]
    assert next(protection_lines([])).startswith("does not hold here: memory limited (needs Linux), ")
