from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from chatbot.answering.writer import RESTART
from chatbot.config import LLMLimits
from chatbot.errors import LLMError
from chatbot.llms.failures import Endpoint, translate
from chatbot.llms.streaming import on_abandon, stream_with_limits
from chatbot.llms.wire.said import ServerSaid

PATIENT = LLMLimits(first_token_s=20, idle_s=20, total_s=60, tries=3)
ENDPOINT = Endpoint("http://127.0.0.1:9/v1", "llm.options.api_base", "THE_KEY", "small")


class Refused(Exception):
    """Carries a status, as every vendor's error does."""

    def __init__(self, status: int, text: str = "") -> None:
        super().__init__(text)
        self.status_code = status


def silence(seconds: float = 30) -> None:
    threading.Event().wait(seconds)


def test_texts_arrive_in_order_and_leading_space_and_signs_of_life_do_not() -> None:
    texts = ["", "\n ", " Hello", "", " world", " "]
    assert list(stream_with_limits(lambda: iter(texts), PATIENT, "m")) == ["Hello", " world", " "]


@pytest.mark.parametrize(
    ("limits", "named"),
    [
        (LLMLimits(first_token_s=0.1, idle_s=20, total_s=60), "llm.limits.first_token_s"),
        (LLMLimits(first_token_s=20, idle_s=20, total_s=0.1), "llm.limits.total_s"),
    ],
)
def test_silence_before_the_first_token_ends_with_the_limit_that_ended_it(
    limits: LLMLimits, named: str
) -> None:
    calls = []

    def start() -> Iterator[str]:
        calls.append(1)
        silence()
        yield "never"

    with pytest.raises(LLMError, match=named):
        list(stream_with_limits(start, limits, "m"))
    assert len(calls) == 1  # waiting again would make the user wait twice


def test_silence_in_the_middle_keeps_what_was_said() -> None:
    def start() -> Iterator[str]:
        yield "one"
        silence()

    stream = stream_with_limits(start, LLMLimits(idle_s=0.1), "m")
    assert next(stream) == "one"
    with pytest.raises(LLMError, match=r"llm\.limits\.idle_s"):
        next(stream)


def test_thinking_counts_as_alive_but_not_for_ever() -> None:
    def start() -> Iterator[str]:
        while True:
            silence(0.02)
            yield ""

    with pytest.raises(LLMError, match=r"llm\.limits\.total_s"):
        list(stream_with_limits(start, LLMLimits(first_token_s=0.3, idle_s=20, total_s=0.6), "m"))


def test_an_endless_stream_ends_at_the_total_limit_for_a_slow_reader_too() -> None:
    stopped = threading.Event()

    def start() -> Iterator[str]:
        try:
            while True:
                silence(0.005)
                yield "x"
        finally:
            stopped.set()

    stream = stream_with_limits(start, LLMLimits(total_s=0.2), "m")
    slowly = (silence(0.01) for _ in stream)
    with pytest.raises(LLMError, match=r"llm\.limits\.total_s"):
        list(slowly)
    assert stopped.wait(5)


@pytest.mark.parametrize(
    "error", [Refused(429), Refused(500), Refused(529), ConnectionRefusedError(), ConnectionResetError()]
)
def test_a_passing_failure_is_tried_again(error: Exception) -> None:
    calls = []

    def start() -> Iterator[str]:
        calls.append(1)
        if len(calls) == 1:
            raise error
        yield "ok"

    assert list(stream_with_limits(start, PATIENT, "m")) == ["ok"]


@pytest.mark.parametrize("error", [Refused(400), Refused(401), Refused(404), KeyError("x")])
def test_a_lasting_failure_is_not_tried_again(error: Exception) -> None:
    calls = []

    def start() -> Iterator[str]:
        calls.append(1)
        raise error
        yield

    with pytest.raises(LLMError):
        list(stream_with_limits(start, PATIENT, "m"))
    assert len(calls) == 1


def test_there_are_no_more_tries_than_allowed() -> None:
    calls = []

    def start() -> Iterator[str]:
        calls.append(1)
        raise Refused(503)
        yield

    with pytest.raises(LLMError, match="503"):
        list(stream_with_limits(start, PATIENT.model_copy(update={"tries": 2}), "m"))
    assert len(calls) == 2


def test_nothing_is_tried_again_after_the_first_token() -> None:
    calls = []

    def start() -> Iterator[str]:
        calls.append(1)
        yield "half"
        raise ConnectionResetError

    stream = stream_with_limits(start, PATIENT, "m")
    assert next(stream) == "half"
    with pytest.raises(LLMError, match="broke off"):
        next(stream)
    assert len(calls) == 1


@pytest.mark.parametrize("texts", [[], [""], ["  ", "\n"]])
def test_an_empty_answer_is_an_error(texts: list[str]) -> None:
    with pytest.raises(LLMError, match=r"answered with nothing.*llm\.options\.api_base"):
        list(stream_with_limits(lambda: iter(texts), PATIENT, "m", ENDPOINT))


def test_closing_a_hanging_stream_returns_at_once_and_cuts_the_connection() -> None:
    cut, closed = threading.Event(), threading.Event()

    def start() -> Iterator[str]:
        on_abandon(cut.set)
        try:
            yield "one"
            cut.wait(30)  # as a read that only a shut socket ends
            yield "two"
        finally:
            closed.set()

    stream = stream_with_limits(start, PATIENT, "m")
    assert next(stream) == "one"
    before = time.monotonic()
    stream.close()
    assert time.monotonic() - before < 0.2
    assert cut.wait(5)
    assert closed.wait(5)


def test_a_finished_stream_is_not_cut() -> None:
    cuts = []

    def start() -> Iterator[str]:
        on_abandon(lambda: cuts.append(1))
        yield "all"

    assert list(stream_with_limits(start, PATIENT, "m")) == ["all"]
    assert cuts == []


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (Refused(401), "m refused the key (status 401); check the environment variable THE_KEY"),
        (Refused(404), "m: no model 'small' at http://127.0.0.1:9/v1; check llm.model and the address (llm.options.api_base)"),
        (Refused(302), "m is redirected to another address (status 302); give the final one (llm.options.api_base)"),
        (ConnectionRefusedError(), "m: cannot reach http://127.0.0.1:9/v1; is the server running? (llm.options.api_base)"),
        (TimeoutError(), "m did not answer in time; ask again or raise llm.limits"),
    ],
)  # fmt: skip
def test_each_failure_is_one_sentence_that_names_the_setting(error: Exception, sentence: str) -> None:
    assert str(translate(error, "m", ENDPOINT)) == sentence


REMOTE = Endpoint("https://api.vendor.example/v1", "llm.options.api_base", "THE_KEY", "small", remote=True)


def test_a_remote_vendor_out_of_reach_is_named_with_the_network() -> None:
    class ConnectTimeout(TimeoutError):
        """As httpx calls it."""

    for error in (ConnectionRefusedError(), ConnectTimeout()):
        message = str(translate(error, "m", REMOTE))
        assert "cannot reach api.vendor.example; check this machine's network" in message
        assert "is the server running" not in message


def test_a_remote_vendor_that_stays_silent_is_named_with_the_network() -> None:
    def start() -> Iterator[str]:
        silence()
        yield "never"

    with pytest.raises(
        LLMError, match=r"nothing from api\.vendor\.example within 0\.1 s; check this machine's network"
    ):
        list(stream_with_limits(start, LLMLimits(first_token_s=0.1), "m", REMOTE))


def test_an_error_raised_deep_inside_another_is_recognised() -> None:
    outer = RuntimeError("wrapped")
    outer.__cause__ = ConnectionRefusedError()
    assert "cannot reach" in str(translate(outer, "m", ENDPOINT))


def test_a_vendors_own_words_are_shown_short_and_without_any_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_VENDOR_API_KEY", "canary-value-0123456789")
    text = "too long\x1b[2J\n canary-value-0123456789 and sk-proj-abcdefghijklmnop " + "y" * 2000
    message = str(translate(Refused(400, text), "m", ENDPOINT))
    assert "too long" in message
    assert "llm.context_window" in message
    assert "canary" not in message
    assert "abcdefgh" not in message
    assert "\x1b" not in message
    assert len(message) < 500


def test_the_limits_count_from_the_request_and_not_from_the_imports_before_it() -> None:
    prompt = LLMLimits(first_token_s=0.2, idle_s=0.2, total_s=0.4, tries=1)
    stream = stream_with_limits(lambda: iter(["ok"]), prompt, "m", prepare=lambda: silence(0.6))
    assert list(stream) == ["ok"]


def test_a_failure_of_the_preparation_is_one_sentence() -> None:
    def prepare() -> None:
        raise ImportError("no such library")

    with pytest.raises(LLMError, match=r"^m failed; check llm\.model and llm\.options$"):
        list(stream_with_limits(lambda: iter(["ok"]), PATIENT, "m", prepare=prepare))


def test_no_name_of_an_exception_reaches_a_person() -> None:
    for error in (
        TypeError("'NoneType' object is not iterable"),
        KeyError("x"),
        RecursionError(),
        Refused(500),
    ):
        assert "Error" not in str(translate(error, "m", ENDPOINT))


def test_a_server_that_asks_for_no_wait_at_all_is_not_hammered() -> None:
    told: list[str] = []

    def start() -> Iterator[str]:
        raise ServerSaid("busy", 429, retry_after=0.0)
        yield

    limits = LLMLimits(total_s=1.0, tries=3)
    with pytest.raises(LLMError, match=r"status 429.*\(the server says: busy\)"):
        list(stream_with_limits(start, limits, "m", tell=told.append))
    assert 2 <= len(told) <= 4  # after 0.1, 0.2 and 0.4 s


def test_what_came_before_turns_out_to_be_thoughts_and_the_answer_begins_without_white_space() -> None:
    texts = ["hm ", RESTART, "\n\n", " So."]
    assert list(stream_with_limits(lambda: iter(texts), PATIENT, "m")) == ["hm ", RESTART, "So."]
