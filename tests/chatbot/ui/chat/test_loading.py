"""The first question after a start of the server says what it waits for."""

from __future__ import annotations

import pytest

from chatbot import Chatbot
from chatbot.config import Config
from chatbot.rendering.words import Say
from chatbot.ui.chat.exchange import Exchange
from chatbot.ui.chat.exchange_view import part_html
from chatbot.ui.choices import settings_of
from chatbot.ui.resources import loading


@pytest.mark.parametrize(
    ("language", "loads", "searches"),
    [
        ("en", "Loading the search models", "Searching"),
        ("ko", "검색 모델을 불러오는 중", "찾고 다시 보는 중"),
    ],
)
def test_a_question_that_waits_for_the_models_says_so_in_the_language_of_the_page(
    sample_chatbot: Chatbot, language: str, loads: str, searches: str
) -> None:
    exchange, say = Exchange("What are the core hours?", settings_of(Config())), Say(language)
    exchange.chatbot = sample_chatbot
    assert not exchange.waits_for_models
    with loading(sample_chatbot):
        assert exchange.waits_for_models
        assert loads in part_html("text", exchange, 0, say)
    assert searches in part_html("text", exchange, 0, say)
