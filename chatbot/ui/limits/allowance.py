"""The limits of the person at the page, and the sentence for who has reached one; see ``chatbot.limits``."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial

from chatbot.config import Config
from chatbot.errors import ChatbotError, Phrase
from chatbot.limits import allowance
from chatbot.limits.allowance import MINUTE, take_question, take_upload
from chatbot.ui.library.current import current, library_for, of_the_library, page_person
from chatbot.ui.sign_in import is_configured, person

# kind -> text of the catalogue: can be added later, and never at once
_WORDS = {
    "files": ("limit_files", "limit_files_at_once"),
    "megabytes": ("limit_bytes", "limit_bytes_at_once"),
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why something is not taken: a text of the catalogue and its values."""

    key: str
    values: dict[str, object]


def question_refused(config: Config) -> str:
    """Why the person at the page may not ask now, as a phrase; empty where they may, and then it counts.

    Args:
        config: that of the notebook of this session.
    """
    try:
        refusal = take_question(of_the_library(config), person(), is_shared=is_configured())
    except ChatbotError as error:
        return str(error)
    if refusal is None:
        return ""
    return Phrase(
        "{most} questions a minute are answered for each person; you can ask again in {seconds} s",
        most=refusal.most,
        seconds=math.ceil(refusal.wait_s),
    )


def upload_refused(config: Config, files: int, size: int) -> Refusal | None:
    """Why the person at the page may not add so many files of ``size`` bytes now; ``None`` where they may."""
    try:
        here = current(config)
        stored = partial(here.library.stored_with, here.id)
        refusal = take_upload(here.library.config, person(), files, size, stored, is_shared=is_configured())
    except ChatbotError:
        return Refusal("limit_storage_unknown", {})
    return _said(refusal)


def import_refused(config: Config, size: int) -> Refusal | None:
    """Why the person at the page may not make a notebook of a file of ``size`` bytes now; as ``upload_refused``.

    Args:
        config: that with which the page was started.
    """
    library = library_for(config)
    stored = partial(library.stored_by, page_person(config))
    try:
        refusal = take_upload(library.config, person(), 1, size, stored, is_shared=is_configured())
    except ChatbotError:
        return Refusal("limit_storage_unknown", {})
    return _said(refusal)


def _said(refusal: allowance.Refusal | None) -> Refusal | None:
    if refusal is None:
        return None
    most = f"{refusal.most:,}"
    if refusal.kind == "storage":
        return Refusal("limit_storage", {"most": most})
    later, never = _WORDS[refusal.kind]
    if math.isinf(refusal.wait_s):
        return Refusal(never, {"most": most})
    return Refusal(later, {"most": most, "minutes": math.ceil(refusal.wait_s / MINUTE)})
