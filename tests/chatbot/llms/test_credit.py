"""An account without money is told from a server that is busy: waiting helps only with the latter."""

from __future__ import annotations

import json

import pytest

from chatbot.errors import LLMError
from chatbot.llms.failures import Endpoint, kind_of, translate, worth_another_try
from chatbot.llms.wire.said import ServerSaid, said, said_in_stream
from chatbot.rendering.words.messages import in_language

NO_CREDIT = [
    # as the vendors send it
    (429, {"message": "You exceeded your current quota, please check your plan and billing details.", "code": "insufficient_quota"}),
    (429, {"message": "Try later", "type": "insufficient_quota", "code": None}),
    (400, {"message": "Billing hard limit has been reached", "code": "billing_hard_limit_reached"}),
    (429, {"message": "Your account is not active, please check your billing details on our website.", "code": "billing_not_active"}),
    (400, {"type": "invalid_request_error", "message": "Your credit balance is too low to access the Anthropic API."}),
    (402, {"message": "Insufficient Balance"}),
    (402, {"message": "This request requires more credits, or fewer max_tokens."}),
    (403, {"message": "Sorry, your account balance is insufficient"}),
    (403, {"message": "Your newly created team doesn't have any credits or licenses yet."}),
    (429, {"message": "Your team has either used all available credits or reached its monthly spending limit."}),
    (429, {"message": "Your account is suspended, please check your plan", "type": "exceeded_current_quota_error"}),
    (429, {"code": "1113", "message": "余额不足或无可用资源包,请充值。"}),
    (400, {"message": "크레딧이 부족합니다. 충전 후 다시 시도하세요."}),
    (403, {"message": "이번 달 사용 한도를 초과했습니다."}),
]  # fmt: skip
BUSY = [
    (429, {"message": "Rate limit reached for requests. Please try again in 7.66s. Need more tokens? Upgrade at https://console.example/settings/billing"}),
    (429, {"message": "You exceeded your current quota, please check your plan and billing details. Please retry in 31.6s."}),
    (429, {"message": "Requests have exceeded the token rate limit of your pricing tier. Retry after 12 seconds."}),
    (503, {"message": "The engine is overloaded"}),
]  # fmt: skip
OTHER = [
    (400, {"message": "This model's maximum context length is a hard limit of 8192 tokens."}),
    (401, {"message": "Incorrect API key provided"}),
    (403, {"message": "Your country is not supported"}),
]


def refused(status: int, error: dict[str, object]) -> ServerSaid:
    return said(status, {}, json.dumps({"error": error}).encode())


@pytest.mark.parametrize(("status", "error"), NO_CREDIT)
def test_an_account_without_credit_is_named_and_not_waited_for(status: int, error: dict[str, object]) -> None:
    failure = refused(status, error)
    assert not worth_another_try(failure)
    assert kind_of(failure) == "quota"
    told = translate(failure, "openai · gpt", Endpoint())
    assert isinstance(told, LLMError)
    assert str(told).startswith(
        "openai · gpt: its account has no credit left or has reached its spending limit; add"
    )
    assert str(error["message"])[:20] in str(told)
    assert "계정에 남은 크레딧이 없거나 지출 한도에 이르렀습니다" in in_language(str(told), "ko")


@pytest.mark.parametrize(("status", "error"), BUSY)
def test_a_busy_server_is_tried_again(status: int, error: dict[str, object]) -> None:
    failure = refused(status, error)
    assert worth_another_try(failure)
    assert "no credit" not in str(translate(failure, "openai · gpt", Endpoint()))


@pytest.mark.parametrize(("status", "error"), OTHER)
def test_other_refusals_stay_what_they_are(status: int, error: dict[str, object]) -> None:
    assert "no credit" not in str(translate(refused(status, error), "openai · gpt", Endpoint()))


def test_credit_that_ends_in_the_middle_of_a_stream_is_named_too() -> None:
    failure = said_in_stream({"error": {"message": "Insufficient credits", "code": 402}})
    assert "has no credit left" in str(translate(failure, "openrouter · x", Endpoint()))


class Vendors(Exception):
    """As vendors' clients raise it: the body beside the status."""

    def __init__(self) -> None:
        super().__init__("refused")
        self.status_code = 429
        self.body = {"message": "Try later", "code": "insufficient_quota"}


def test_what_a_vendors_client_raises_is_understood_without_our_wire() -> None:
    assert "has no credit left" in str(translate(Vendors(), "x · y", Endpoint()))
    assert not worth_another_try(Vendors())
