"""The process that reads files: which protections hold, and what each one takes."""

from __future__ import annotations

_LINUX = ("Linux 필요", "needs Linux")
_UNIX = ("Linux나 macOS 필요", "needs Linux or macOS")
_FILTER = ("x86-64나 ARM64의 Linux 필요", "needs Linux on x86-64 or ARM64")

PROTECTIONS: dict[str, tuple[str, str]] = {
    # key: (Korean, English)
    "protections_hold": ("파일을 읽는 별도 프로세스", "files are read in a process of its own"),
    "protections_lack": ("여기서 적용되지 않음", "does not hold here"),
    "holds_memory": ("메모리 제한", "memory limited"),
    "takes_memory": _LINUX,
    "holds_time": ("시간 제한", "time limited"),
    "takes_time": _UNIX,
    "holds_files": ("쓰기 금지", "writes nothing"),
    "takes_files": _UNIX,
    "holds_network": ("네트워크 차단", "no network"),
    "takes_network": _FILTER,
    "holds_programs": ("프로그램 실행 금지", "starts no program"),
    "takes_programs": _FILTER,
    "holds_keys": ("이 프로그램 메모리의 키에 접근 불가", "keys in this program's memory out of reach"),
    "takes_keys": _LINUX,
    "holds_view": ("다른 파일 접근 불가", "sees no other file"),
    "takes_view": (
        "Landlock이 있는 Linux 5.13 이상 필요",
        "needs Linux from 5.13 with Landlock",
    ),
    "holds_descriptors": ("경로 없이 열린 파일만 받음", "is handed files opened, without paths"),
    "takes_descriptors": ("Windows에서는 경로를 받음", "Windows is told paths"),
}
