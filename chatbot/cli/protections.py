"""What ``doctor`` says of the process that reads files: which protections hold on this machine, in English and Korean."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

# name in ``ParserProcess.protections`` -> what it means, and what it takes; each in English and Korean
_MEANING: dict[str, tuple[tuple[str, str], tuple[str, str]]] = {
    "memory": (("memory limited", "메모리 제한"), ("needs Linux", "Linux 필요")),
    "processor time": (("time limited", "시간 제한"), ("needs Linux or macOS", "Linux나 macOS 필요")),
    "files": (("writes nothing", "쓰기 금지"), ("needs Linux or macOS", "Linux나 macOS 필요")),
    "network": (
        ("no network", "네트워크 차단"),
        ("needs Linux on x86-64 or ARM64", "x86-64나 ARM64의 Linux 필요"),
    ),
    "programs": (
        ("starts no program", "프로그램 실행 금지"),
        ("needs Linux on x86-64 or ARM64", "x86-64나 ARM64의 Linux 필요"),
    ),
    "keys": (
        ("keys in this program's memory out of reach", "이 프로그램 메모리의 키에 접근 불가"),
        ("needs Linux", "Linux 필요"),
    ),
    "file view": (
        ("sees no other file", "다른 파일 접근 불가"),
        ("needs Linux from 5.13 with Landlock", "Landlock이 있는 Linux 5.13 이상 필요"),
    ),
    "descriptors": (
        ("is handed files opened, without paths", "경로 없이 열린 파일만 받음"),
        ("Windows is told paths", "Windows에서는 경로를 받음"),
    ),
}


def protection_lines(held: Sequence[str]) -> Iterator[str]:
    """Two lines, and two more where something does not hold; a detail in brackets stays behind its name."""
    details = {name: f" ({detail}" if detail else "" for name, _, detail in (h.partition(" (") for h in held)}
    for language, yes, no in (
        (0, "files are read in a process of its own", "does not hold here"),
        (1, "파일을 읽는 별도 프로세스", "여기서 적용되지 않음"),
    ):
        holds = [means[language] + details[name] for name, (means, _) in _MEANING.items() if name in details]
        fails = [
            f"{means[language]} ({needs[language]})"
            for name, (means, needs) in _MEANING.items()
            if name not in details
        ]
        if holds:
            yield f"{yes}: {', '.join(holds)}"
        if fails:
            yield f"{no}: {', '.join(fails)}"
