"""Questions, uploads and storage of a person, as ``[limits]`` in the configuration says.

Where nobody signs in there is one person, and no limit unless one is set. Where people sign in, what is not set has the
numbers below. The counts are of this server's process: they begin anew with it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

from chatbot.config import LimitsConfig
from chatbot.errors import Phrase
from chatbot.ui.limits.window import Window
from chatbot.ui.sign_in import is_configured, person

SHARED = LimitsConfig(
    questions_per_minute=20, upload_files_per_hour=1_000, upload_mb_per_hour=1_000, storage_mb=10_000
)
_MINUTE, _HOUR = 60.0, 3600.0
_MB = 10**6

_questions, _files, _megabytes = Window(_MINUTE), Window(_HOUR), Window(_HOUR)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why something is not taken: a text of the catalogue and its values."""

    key: str
    values: dict[str, object]


def in_force(limits: LimitsConfig, is_shared: bool) -> LimitsConfig:
    """``limits`` with a number for each, 0 for none."""
    defaults = SHARED if is_shared else LimitsConfig(**dict.fromkeys(LimitsConfig.model_fields, 0))
    given = {name: value for name, value in limits.model_dump().items() if value is not None}
    return defaults.model_copy(update=given)


def question_refused(limits: LimitsConfig) -> str:
    """Why the person at the page may not ask now, as a phrase; empty where they may, and then it counts."""
    most = in_force(limits, is_configured()).questions_per_minute
    wait_s = _questions.take(person(), 1, most) if most else 0.0
    if not wait_s:
        return ""
    return Phrase(
        "{most} questions a minute are answered for each person; you can ask again in {seconds} s",
        most=most,
        seconds=math.ceil(wait_s),
    )


def upload_refused(limits: LimitsConfig, files: int, size: int, store: Path) -> Refusal | None:
    """Why the person at the page may not add so many files of ``size`` bytes now; ``None`` where they may."""
    most, who = in_force(limits, is_configured()), person()
    if most.storage_mb and stored_bytes(store) + size > most.storage_mb * _MB:
        return Refusal("limit_storage", {"most": f"{most.storage_mb:,}"})
    if most.upload_files_per_hour and (wait_s := _files.take(who, files, most.upload_files_per_hour)):
        return _later("limit_files", "limit_files_at_once", most.upload_files_per_hour, wait_s)
    megabytes = math.ceil(size / _MB)
    if most.upload_mb_per_hour and (wait_s := _megabytes.take(who, megabytes, most.upload_mb_per_hour)):
        _files.give_back(who, files)
        return _later("limit_bytes", "limit_bytes_at_once", most.upload_mb_per_hour, wait_s)
    return None


def stored_bytes(store: Path) -> int:
    """What the documents of an index take on the disk, kept content and base files included."""
    files = [*store.glob("rag.db*"), *store.glob("base-*.faiss"), *(store / "files").glob("*")]
    return sum(_size(file) for file in files)


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:  # gone meanwhile
        return 0


def _later(key: str, never: str, most: int, wait_s: float) -> Refusal:
    if math.isinf(wait_s):
        return Refusal(never, {"most": f"{most:,}"})
    return Refusal(key, {"most": f"{most:,}", "minutes": math.ceil(wait_s / _MINUTE)})
