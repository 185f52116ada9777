"""The pieces of the filter by themselves: hostile and odd input, and what is made of it."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.answering.writer import RESTART
from chatbot.llms.thoughts import without_thoughts
from chatbot.llms.wire.adapting import adapted, change_for
from chatbot.llms.wire.framing import LONGEST, Event, events
from chatbot.llms.wire.said import ServerSaid, said, words_of
from chatbot.text.control_tokens import without_control_tokens

BODY = {
    "model": "m", "messages": [{"role": "system", "content": "Rules."}, {"role": "user", "content": "Q?"}],
    "temperature": 0.1, "max_tokens": 512, "stream": True, "stream_options": {"include_usage": True}, "reasoning_effort": "low",
}  # fmt: skip


@pytest.mark.parametrize(
    ("words", "change"),
    [
        ("Unsupported value: 'temperature' does not support 0.1 with this model.", "temperature"),
        ("`temperature` is deprecated for this model.", "temperature"),
        ("Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.", "max_tokens"),
        ("Unrecognized request argument supplied: stream_options", "stream_options"),
        ("body.reasoning_effort: Extra inputs are not permitted", "reasoning_effort"),
        ("Unknown field: reasoning_effort", "reasoning_effort"),
        ("Streaming is not supported; stream must not be set", "stream"),
        ("System role not supported", "system"),
        ("Developer instruction is not enabled for models/gemma-3", "system"),
        ("messages: unexpected role \"system\"", "system"),
        ("Conversation roles must alternate user/assistant/user/assistant/...", "system"),
        ("This model's maximum context length is 2048 tokens. However, you requested 2900 tokens (max_tokens 512).", None),
        ("max_tokens is too large: 512. This model supports at most 256 completion tokens.", None),
        ("Model not supported", None),
        ("Invalid image", None),
    ],
)  # fmt: skip
def test_which_parameter_an_error_refuses(words: str, change: str | None) -> None:
    assert change_for(ServerSaid(words, 400), BODY) == change


def test_other_statuses_and_parameters_that_were_not_sent_change_nothing() -> None:
    assert change_for(ServerSaid("temperature is not supported", 401), BODY) is None
    assert change_for(ServerSaid("top_p is not supported", 400), BODY) is None


def test_the_rules_go_in_front_of_the_question_and_the_length_under_its_other_name() -> None:
    changed = adapted(BODY, ("system", "max_tokens", "temperature"))
    assert changed["messages"] == [{"role": "user", "content": "Rules.\n\nQ?"}]
    assert changed["max_completion_tokens"] == 512
    assert not changed.keys() & {"max_tokens", "temperature"}
    assert not adapted(BODY, ("max_tokens", "max_completion_tokens")).keys() & {
        "max_tokens",
        "max_completion_tokens",
    }


@pytest.mark.parametrize(
    ("headers", "body", "seconds"),
    [
        ({"retry-after": "3"}, "", 3.0),
        ({"retry-after": "1.5"}, "", 1.5),
        ({"retry-after": "-4"}, "", 0.0),
        ({"retry-after-ms": "250", "retry-after": "9"}, "", 0.25),
        ({"retry-after": "soon"}, "", None),
        ({"retry-after": "Thu, 01 Jan 1970 00:00:00 GMT"}, "", 0.0),
        ({}, '{"error": "loading", "estimated_time": 20.5}', 20.5),
        ({}, '{"error": {"message": "Please try again in 2m"}}', 120.0),
        ({}, '{"error": {"message": "Please retry after 350ms."}}', 0.35),
        ({}, '{"error": {"message": "no"}}', None),
    ],
)
def test_how_long_a_server_asks_to_wait(headers: dict[str, str], body: str, seconds: float | None) -> None:
    assert said(429, headers, body.encode()).retry_after == seconds


def test_a_date_to_wait_for_is_counted_from_now() -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=100), usegmt=True)
    waited = said(503, {"retry-after": date}, b"").retry_after
    assert waited is not None
    assert 90 < waited <= 100


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ('{"error": {"message": "no"}}', "no"),
        ('[{"error": {"code": 400, "message": "API key not valid"}}]', "API key not valid"),
        ('{"errors": [{"message": "one"}, {"message": "two"}]}', "one; two"),
        ('{"detail": [{"loc": ["body", "top_k"], "msg": "Extra inputs"}]}', "body.top_k: Extra inputs"),
        ('{"error_msg": "quota"}', "quota"),
        ("<html><title>502 &amp; more</title></html>", "502 & more"),
        ("<script>alert(1)</script><h1>Down</h1><p>for repair", "Down for repair"),
        ("plain words\n", "plain words"),
        ("{broken", "{broken"),
        ("[" * 100_000, "[" * 100_000),
        ('{"error": null}', ""),
        ("", ""),
    ],
)
def test_the_words_of_a_body(body: str, words: str) -> None:
    assert words_of(body) == words


def test_hostile_bodies_take_no_time() -> None:
    start = time.perf_counter()
    words_of("<" * 60_000)
    words_of("<script>" * 8_000)
    said(500, {}, ("try again " * 6_000).encode())
    "".join(without_thoughts(["<|" * 50_000], lambda _: None))
    "".join(without_thoughts(["<"] * 50_000, lambda _: None))
    without_control_tokens("<|" * 100_000 + "<" * 100_000)
    assert time.perf_counter() - start < 5


def test_a_line_without_end_is_refused() -> None:
    with pytest.raises(ServerSaid):
        list(events(b"data: " + b"x" * 100_000 for _ in range(LONGEST // 100_000 + 2)))


STREAM = "".join(
    f"data: {json.dumps({'choices': [{'delta': {'content': text}}]}, ensure_ascii=False)}\r\n\r\n"
    for text in ("필터는 ", "90일마다", " 교체 🙂\u2028합니다 [1].")
).encode()


@given(st.lists(st.integers(0, len(STREAM)), max_size=12))
def test_where_a_stream_is_cut_makes_no_difference(places: list[int]) -> None:
    cuts = [0, *sorted(places), len(STREAM)]
    chunks = [STREAM[a:b] for a, b in pairwise(cuts)]
    found = [e.data["choices"][0]["delta"]["content"] for e in events(chunks) if isinstance(e, Event)]
    assert found == ["필터는 ", "90일마다", " 교체 🙂\u2028합니다 [1]."]


def read(text: str, places: list[int]) -> tuple[str, str]:
    """Answer and thoughts of ``text`` cut at ``places``."""
    cuts = [0, *sorted(min(place, len(text)) for place in places), len(text)]
    answer, thoughts = "", ""

    def think(more: str) -> None:
        nonlocal thoughts
        thoughts += more

    for piece in without_thoughts((text[a:b] for a, b in pairwise(cuts)), think):
        if piece is RESTART:
            thoughts, answer = thoughts + answer, ""
        answer += piece
    return answer.strip(), thoughts.strip()


CASES = {
    "A plain answer [1].": ("A plain answer [1].", ""),
    "<think>why</think>\n\nSo [1].": ("So [1].", "why"),
    "why\n</think>\n\nSo [1].": ("So [1].", "why"),
    "◁think▷why◁/think▷So [1].": ("So [1].", "why"),
    "<|channel>thought\nwhy<channel|>So [1].": ("So [1].", "thought\nwhy"),
    "<|channel|>analysis<|message|>why<|end|><|start|>assistant<|channel|>final<|message|>So [1].": ("So [1].", "why"),
    "<|start_header_id|>assistant<|end_header_id|>\n\nSo [1].<|eot_id|>": ("So [1].", ""),
    "So [1].<end_of_turn>\n<start_of_turn>user": ("So [1].", ""),
    "Use `<think>` and '</think>' [1].": ("Use `<think>` and '</think>' [1].", ""),
    "The <think> tag opens it [1].": ("The <think> tag opens it [1].", ""),
    "One [1].\n<think>hm</think>\nTwo [1].": ("One [1].\n\nTwo [1].", "hm"),
    "One [1].\n<think>never closed": ("One [1].\nnever closed", "never closed"),
    "a < b and c[0] <| d": ("a < b and c[0] <| d", ""),
}  # fmt: skip


@pytest.mark.parametrize("text", CASES)
@given(st.lists(st.integers(0, 100), max_size=8))
def test_answer_and_thoughts_are_the_same_wherever_the_text_is_cut(text: str, places: list[int]) -> None:
    assert read(text, places) == CASES[text]


@pytest.mark.parametrize(
    "token",
    [
        "<|im_start|>", "<|im_end|>", "<|eot_id|>", "<|start_header_id|>", "<|endoftext|>", "<start_of_turn>", "<end_of_turn>",
        "<|turn>", "<turn|>", "<bos>", "<eos>", "<s>", "</s>", "[INST]", "[/INST]", "<<SYS>>", "<</SYS>>", "<think>", "</think>",
        "<｜User｜>", "<｜end▁of▁sentence｜>", "[SYSTEM_PROMPT]", "[TOOL_CALLS]", "<|channel|>", "<tool_call>", "<unused12>", "<|IM_END|>",
    ],
)  # fmt: skip
def test_every_template_token_is_broken_up_once(token: str) -> None:
    broken = without_control_tokens(f"before{token}after")
    assert token not in broken
    assert broken.replace(" ", "") == f"before{token}after"
    assert without_control_tokens(broken) == broken


@pytest.mark.parametrize(
    "text", ["a < b", "x <- y |> f", "[1] and [A]", "<table>", "List<String>", "5 <6> 7", "a|b"]
)
def test_what_is_no_token_stays(text: str) -> None:
    assert without_control_tokens(text) == text
