"""What ``doctor`` says of the process that reads files: which protections hold on this machine, in English and Korean."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from chatbot.rendering.words import Say

# name in ``ParserProcess.protections`` -> the words for what it means, and for what it takes
_WORDS = {
    "memory": ("holds_memory", "takes_memory"),
    "processor time": ("holds_time", "takes_time"),
    "files": ("holds_files", "takes_files"),
    "network": ("holds_network", "takes_network"),
    "programs": ("holds_programs", "takes_programs"),
    "keys": ("holds_keys", "takes_keys"),
    "file view": ("holds_view", "takes_view"),
    "descriptors": ("holds_descriptors", "takes_descriptors"),
}


def protection_lines(held: Sequence[str]) -> Iterator[str]:
    """Two lines, and two more where something does not hold; a detail in brackets stays behind its name."""
    details = {name: f" ({detail}" if detail else "" for name, _, detail in (h.partition(" (") for h in held)}
    for say in (Say("en"), Say("ko")):
        holds = [say(means) + details[name] for name, (means, _) in _WORDS.items() if name in details]
        fails = [
            f"{say(means)} ({say(needs)})" for name, (means, needs) in _WORDS.items() if name not in details
        ]
        if holds:
            yield f"{say('protections_hold')}: {', '.join(holds)}"
        if fails:
            yield f"{say('protections_lack')}: {', '.join(fails)}"
