"""The limits of a person, as a program that asks in their name meets them: 429 and when to come again.

    count_question(caller, service)
    with under_way(caller, service):   # to the end of the answer
        ...

The counters are those of the page where both run in one process, and of all processes where an index in PostgreSQL is shared.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from chatbot.api.people import Caller
from chatbot.api.problems import Problem
from chatbot.api.service import Service
from chatbot.limits.allowance import Refusal, answering, take_question, take_texts, take_upload
from chatbot.telemetry.seat import count

_SAID = {
    "questions": "{most} questions a minute are answered for each person",
    "answers": "{most} answers at once are written for each person",
    "texts": "{most} texts a minute are embedded or ranked for each person",
    "files": "each person can add {most} files an hour",
    "megabytes": "each person can add {most} MB an hour",
    "storage": "each person's notebooks together may take {most} MB",
}
_NEVER = {"storage": "remove documents first"}


def count_question(caller: Caller, service: Service) -> None:
    """Count a question or a search. Raises ``Problem`` 429 where it is one too many."""
    _refuse(take_question(service.config, caller.who, is_shared=service.people_sign_in))


def count_texts(caller: Caller, service: Service, count: int) -> None:
    """Count texts to embed or rank. Raises ``Problem`` 429, or 413 for more than there may ever be at once."""
    _refuse(take_texts(service.config, caller.who, count, is_shared=service.people_sign_in))


def count_upload(caller: Caller, service: Service, number: int, files: int, size: int) -> None:
    """Count what is added to notebook ``number``. Asks what its owner has stored; raises as ``count_texts``."""
    config, is_shared = service.config, service.people_sign_in
    stored = partial(caller.library.stored_with, number)  # of all notebooks, whatever the key opens
    _refuse(take_upload(config, caller.who, files, size, stored, is_shared=is_shared))


@contextmanager
def under_way(caller: Caller, service: Service) -> Iterator[None]:
    """While an answer is found, written and sent. Raises ``Problem`` 429 where too many of this caller's are."""
    limits, is_shared = service.config.limits, service.people_sign_in
    with answering(limits, caller.who, is_shared=is_shared) as refusal:
        _refuse(refusal)
        yield


def _refuse(refusal: Refusal | None) -> None:
    if refusal is None:
        return
    count("refusals", "limit")
    said = _SAID[refusal.kind].format(most=f"{refusal.most:,}")
    if math.isinf(refusal.wait_s):
        raise Problem(413, "over_limit", f"{said}; {_NEVER.get(refusal.kind, 'send less at once')}")
    seconds = max(1, math.ceil(refusal.wait_s))
    raise Problem(
        429, "rate_limit_exceeded", f"{said}; come again in {seconds} s", headers={"Retry-After": str(seconds)}
    )  # fmt: skip
