"""A record as JSON and back, those of earlier versions included."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from chatbot.conversations.record import ExchangeRecord, from_json, to_json

Record = Callable[..., ExchangeRecord]


def test_every_rank_score_and_check_returns_as_it_was(record: Record) -> None:
    kept = record()
    assert from_json(to_json(kept)) == kept


@pytest.mark.parametrize(
    ("applied", "reason", "outcome", "failure"),
    [
        (True, "", "applied", ""),
        (False, "turned off", "off", ""),
        (False, "nothing to rank", "empty", ""),
        (False, "failed: out of memory", "failed", "out of memory"),
    ],
)
def test_a_second_look_kept_in_words_by_an_earlier_version_still_reads(
    record: Record, applied: bool, reason: str, outcome: str, failure: str
) -> None:
    content: dict[str, Any] = json.loads(to_json(record()))
    content["second_look"] = {"model": "m", "applied": applied, "reason": reason, "scored": 3, "of": 5}
    look = from_json(json.dumps(content)).second_look
    assert (look.outcome, look.failure, look.applied) == (outcome, failure, applied)
    assert (look.model, look.scored, look.of) == ("m", 3, 5)
