from __future__ import annotations

import time
from typing import Any

import pytest

from chatbot.config import LLMConfig
from chatbot.llms import build_writer
from chatbot.llms.trial import LONGEST, try_backend


@pytest.fixture(scope="module", autouse=True)
def _imported() -> None:
    """The vendor's library: on a busy machine its import alone may take the limit."""
    build_writer(LLMConfig(backend="openai-like", options={"api_base": "http://127.0.0.1:9/v1"}))


def config_for(server: Any, **settings: Any) -> LLMConfig:
    return LLMConfig(backend="openai-like", model="small", options={"api_base": server.url}, **settings)


def test_a_backend_that_answers_is_ok_with_its_time_and_its_words(fake_llm: Any) -> None:
    trial = try_backend(config_for(fake_llm))
    assert (trial.ok, trial.text, trial.reason) == (True, fake_llm.reply, "")
    assert trial.first_ms is not None
    assert 0 < trial.first_ms <= trial.ms
    assert "test card" in fake_llm.requests[0]["body"]["messages"][-1]["content"]


def test_the_extractive_backend_answers_without_a_model() -> None:
    assert try_backend(LLMConfig()).text == "The test card is green. [1]"


@pytest.mark.parametrize(
    ("fault", "words"),
    [(401, "refused the key"), (404, "no model"), (500, "status 500"), ("html", "api_base")],
)
def test_a_failure_is_one_sentence_and_is_not_tried_again(fake_llm: Any, fault: Any, words: str) -> None:
    fake_llm.fault = fault
    trial = try_backend(config_for(fake_llm))
    assert not trial.ok
    assert words in trial.reason
    assert len(fake_llm.requests) == 1


@pytest.mark.parametrize("fault", ["hang", "hang after headers", "hang between tokens"])
def test_it_ends_within_its_limit_whatever_the_server_does(fake_llm: Any, fault: Any) -> None:
    fake_llm.fault = fault
    start = time.monotonic()
    trial = try_backend(config_for(fake_llm), limit_s=0.5)
    assert time.monotonic() - start < 5
    assert not trial.ok
    assert "within 0.5 s" in trial.reason


def test_an_endless_answer_is_cut_short(fake_llm: Any) -> None:
    fake_llm.fault = "endless"
    trial = try_backend(config_for(fake_llm))
    assert trial.ok
    assert len(trial.text) == LONGEST
    assert fake_llm.disconnected.wait(5)


def test_what_is_missing_is_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    trial = try_backend(LLMConfig(backend="openai"))
    assert not trial.ok
    assert "OPENAI_API_KEY" in trial.reason
