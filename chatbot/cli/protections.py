"""What ``doctor`` says of the process that reads files: which protections hold on this machine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

_LINUX, _UNIX = "needs Linux", "needs Linux or macOS"
_FILTER = "needs Linux on x86-64 or ARM64"
# name in ``ParserProcess.protections`` -> what it means, and what it takes
_WORDS = {
    "memory": ("memory limited", _LINUX),
    "processor time": ("time limited", _UNIX),
    "files": ("writes nothing", _UNIX),
    "network": ("no network", _FILTER),
    "programs": ("starts no program", _FILTER),
    "keys": ("keys in this program's memory out of reach", _LINUX),
    "file view": ("sees no other file", "needs Linux from 5.13 with Landlock"),
    "descriptors": ("is handed files opened, without paths", "Windows is told paths"),
}


def protection_lines(held: Sequence[str]) -> Iterator[str]:
    """One line, and another where something does not hold; a detail in brackets stays behind its name."""
    details = {name: f" ({detail}" if detail else "" for name, _, detail in (h.partition(" (") for h in held)}
    holds = [means + details[name] for name, (means, _) in _WORDS.items() if name in details]
    fails = [f"{means} ({needs})" for name, (means, needs) in _WORDS.items() if name not in details]
    if holds:
        yield f"files are read in a process of its own: {', '.join(holds)}"
    if fails:
        yield f"does not hold here: {', '.join(fails)}"
