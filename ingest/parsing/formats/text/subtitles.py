"""Subtitles (WebVTT, SubRip): what is said, in order, with the time at which each stretch begins."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ingest.parsing.builder import DocumentBuilder
from ingest.parsing.clean import one_line
from ingest.parsing.document import ParsedDocument
from ingest.parsing.formats.text.plain_text import read_text

_TIME = r"(?:(\d{1,4}):)?(\d{1,2}):(\d{2})[.,](\d{1,3})"
_TIMES = re.compile(rf"\s*{_TIME}\s*-->\s*{_TIME}")
_SPEAKER = re.compile(r"<v(?:\.[^\s>]*)?\s+([^>]{1,100})>")
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,200}>|</?\d[\d:.]{0,20}>|\{\\[^{}]{0,50}\}")
_SENTENCE_END = re.compile(r"[.!?。…]['\")\]”’]?$")
_LONGEST = 30.0  # seconds of a stretch that ends with a sentence
_MOST_CHARS = 600  # of a stretch that never ends one
_PAUSE = 4.0  # seconds


@dataclass(slots=True)
class _Stretch:
    start: float
    end: float
    speaker: str
    lines: list[str] = field(default_factory=list)


def parse(path: Path) -> ParsedDocument:
    text, partial = read_text(path)
    builder = DocumentBuilder()
    if partial:
        builder.problem(partial)
    stretch: _Stretch | None = None
    for start, end, speaker, words in _cues(builder, text):
        if stretch is not None and not _goes_on(stretch, start, speaker):
            _add(builder, stretch)
            stretch = None
        if stretch is None:
            stretch = _Stretch(start, end, speaker)
        stretch.end = end
        # captions that roll upwards repeat the line before
        stretch.lines += [line for line in words if line not in stretch.lines[-2:]]
    if stretch is not None:
        _add(builder, stretch)
    return builder.finish("subtitles")


def _cues(builder: DocumentBuilder, text: str) -> Iterator[tuple[float, float, str, list[str]]]:
    """(start, end, speaker, lines) of each cue, times in seconds; notes of the author go to the hidden text."""
    for block in re.split(r"\n[ \t]*\n", text):
        lines = block.strip("\n").split("\n")
        if lines[0].startswith("NOTE") and not any(map(_TIMES.match, lines)):
            builder.hidden(" ".join(lines).removeprefix("NOTE"), "marked")
        at = next((number for number, line in enumerate(lines) if _TIMES.match(line)), None)
        while at is not None:
            following = next((n for n in range(at + 1, len(lines)) if _TIMES.match(lines[n])), None)
            stop = len(lines)
            if following is not None:
                # cues without a blank line between them: the number of the next one is no text
                stop = following - 1 if lines[following - 1].strip().isdigit() else following
            yield _cue(lines[at], lines[at + 1 : stop])
            at = following


def _cue(times: str, lines: list[str]) -> tuple[float, float, str, list[str]]:
    found = _TIMES.match(times)
    parts = found.groups() if found is not None else ("0",) * 8
    body = "\n".join(lines)
    speaker = _SPEAKER.search(body)
    words = [one_line(html.unescape(_TAG.sub("", line))) for line in lines]
    return (
        _seconds(parts[:4]),
        _seconds(parts[4:]),
        speaker.group(1).strip() if speaker else "",
        list(filter(None, words)),
    )


def _seconds(parts: tuple[str | None, ...]) -> float:
    hours, minutes, seconds, thousandths = (int(part or 0) for part in parts)
    return 3600 * hours + 60 * minutes + seconds + thousandths / 1000


def _goes_on(stretch: _Stretch, start: float, speaker: str) -> bool:
    """Whether a cue belongs to the stretch before it."""
    text = " ".join(stretch.lines)
    if speaker != stretch.speaker or start - stretch.end > _PAUSE or len(text) > _MOST_CHARS:
        return False
    return not (_SENTENCE_END.search(text) and start - stretch.start > _LONGEST)


def _add(builder: DocumentBuilder, stretch: _Stretch) -> None:
    text = " ".join(stretch.lines)
    if text:
        minutes, seconds = divmod(int(stretch.start), 60)
        clock = f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}"
        said = f"{stretch.speaker}: {text}" if stretch.speaker else text
        builder.paragraph(f"[{clock}] {said}")
