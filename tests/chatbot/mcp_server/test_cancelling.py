"""A call that its client cancels ends the language model, whatever that is doing."""

from __future__ import annotations

import pytest

from chatbot.engine import Chatbot
from fakes.assistant import Connect, Mode
from fakes.llm_server import FakeLLMServer, Fault

QUESTION = "How many days of annual leave do employees get?"


@pytest.mark.parametrize("mode", ["legacy", "auto"])
@pytest.mark.parametrize("fault", ["endless", "hang"])
def test_a_call_that_is_cancelled_stops_the_language_model(
    connect: Connect, sample_chatbot: Chatbot, fake_llm: FakeLLMServer, mode: Mode, fault: Fault
) -> None:
    fake_llm.fault = fault
    config = sample_chatbot.config.with_(
        llm={"backend": "openai-like", "options": {"api_base": fake_llm.url}}
    )
    with connect(config, chatbot=sample_chatbot, mode=mode) as assistant:
        cancel = assistant.start("ask", question=QUESTION)
        while not fake_llm.requests:
            assert not fake_llm.disconnected.wait(0.05)
        cancel()
        assert fake_llm.disconnected.wait(30)
        assert not assistant.call("list_documents", limit=1).is_error  # and the server goes on
