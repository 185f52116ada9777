"""The second look also scores the sentences of a message that ask; the order stays by the whole."""

from __future__ import annotations

import pytest

from chatbot import Chatbot

HOME = "How many days a week may I work from home?"
AROUND = "Hello! I start in March and have to plan the care of my two children. My partner asked me twice. "


def test_a_greeting_and_reasons_take_little_from_the_logit(sample_chatbot: Chatbot) -> None:
    alone = sample_chatbot.search(HOME)
    around = sample_chatbot.search(AROUND + HOME)
    logits = {c.chunk_id: c.scores.rerank for c in alone.candidates}
    both = [c for c in around.candidates if c.chunk_id in logits]
    assert both
    assert {c.scores.asked for c in alone.candidates} == {None}
    for c in both:
        assert c.scores.asked == pytest.approx(logits[c.chunk_id], abs=1e-3)
        assert c.scores.best_logit == max(c.scores.asked or 0.0, c.scores.rerank or 0.0)
    combined = [c.scores.combined or 0.0 for c in around.candidates]
    assert combined == sorted(combined, reverse=True)


def test_without_token_vectors_nothing_more_is_read(sample_chatbot: Chatbot) -> None:
    plain = sample_chatbot.search(AROUND + HOME, rerank=False)
    assert {c.scores.asked for c in plain.candidates} == {None}
