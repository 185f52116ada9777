"""A record as JSON and back, those of earlier versions included."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC
from typing import Any

import pytest

from chatbot.conversations.exports.facts import facts
from chatbot.conversations.record import ExchangeRecord
from chatbot.conversations.record_json import from_json, to_json
from chatbot.rendering.words import Say

Record = Callable[..., ExchangeRecord]


def test_every_rank_score_and_check_returns_as_it_was(record: Record) -> None:
    kept = record()
    assert from_json(to_json(kept)) == kept


def test_a_receipt_names_the_number_of_its_request_and_a_record_of_before_has_none(record: Record) -> None:
    numbered = from_json(to_json(record(request_id="5f0c2a9b")))
    assert ("Request number", "5f0c2a9b") in facts(numbered, Say("en"), UTC)
    content: dict[str, Any] = json.loads(to_json(record()))
    del content["request_id"]
    before = from_json(json.dumps(content))
    assert before.request_id == ""
    assert "Request number" not in dict(facts(before, Say("en"), UTC))


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


@pytest.mark.parametrize(
    ("gate", "verdict"),
    [
        ({"refused": True, "probability": 0.04, "threshold": 0.23, "reason": "too unlikely"}, "absent"),
        ({"refused": False, "probability": 0.3, "threshold": 0.23, "reason": ""}, "weak"),
        ({"refused": False, "probability": 0.87, "threshold": 0.23, "reason": ""}, "strong"),
        ({"refused": False, "probability": None, "threshold": None, "reason": "no calibration"}, "strong"),
    ],
)
def test_a_record_of_an_earlier_version_gets_a_verdict_and_words_for_its_passages(
    record: Record, gate: dict[str, Any], verdict: str
) -> None:
    content: dict[str, Any] = json.loads(to_json(record()))
    content["gate"] = gate
    for row in content["candidates"]:
        del row["scores"]["match"]
    opened = from_json(json.dumps(content))
    assert (opened.gate.verdict, opened.refused) == (verdict, gate["refused"])
    assert (opened.gate.probability, opened.gate.strong_from) == (gate["probability"], None)
    # their probabilities are 1/2, 1/3, 1/4, 1/5 and 1/6
    best = "weak" if verdict == "absent" else "likely"
    assert [c.scores.match for c in opened.candidates] == [best] * 4 + ["weak"]
    assert from_json(to_json(opened)) == opened
