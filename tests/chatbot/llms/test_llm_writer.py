from __future__ import annotations

import time
from itertools import islice
from typing import Any

import pytest

from chatbot.answering.writer import Evidence, LanguageModel, Writer, estimate_tokens
from chatbot.config import LLMConfig, LLMLimits
from chatbot.errors import LLMError
from chatbot.llms import build_writer
from chatbot.trace import Turn


def writer_for(server: Any, **settings: Any) -> Writer:
    return build_writer(
        LLMConfig(backend="openai-like", model="small", options={"api_base": server.url}, **settings)
    )


def sent(server: Any) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = server.requests[-1]["body"]["messages"]
    return messages


@pytest.fixture
def evidence(make_source: Any) -> Evidence:
    return Evidence(
        "Word2Vec 에 대해서 알려줄래?",
        (make_source(1, "Word2Vec은 단어를 벡터로 바꾼다."), make_source(2, "2013년에 나왔다.")),
    )


def test_an_answer_streams_with_its_citations(fake_llm: Any, evidence: Evidence) -> None:
    fake_llm.reply = "단어를 벡터로 바꾸는 기술입니다 [1]. 2013년에 나왔습니다 [2]."
    pieces = list(writer_for(fake_llm).write(evidence))
    assert "".join(pieces) == fake_llm.reply
    assert len(pieces) > 3


def test_an_answer_of_citations_alone_is_none(fake_llm: Any, evidence: Evidence) -> None:
    fake_llm.reply = "[1] [2]"
    with pytest.raises(LLMError, match="answered with nothing"):
        list(writer_for(fake_llm).write(evidence))
    fake_llm.reply = "[1] 2013년입니다."
    assert "".join(writer_for(fake_llm).write(evidence)) == fake_llm.reply


def test_the_prompt_holds_rules_numbered_passages_and_behind_them_the_question(
    fake_llm: Any, evidence: Evidence
) -> None:
    list(writer_for(fake_llm).write(evidence))
    system, user = sent(fake_llm)
    assert (system["role"], user["role"]) == ("system", "user")
    assert "발췌문" in system["content"]
    assert user["content"].index("[1] <passage") < user["content"].index("[2] <passage")
    assert user["content"].index("[2] <passage") < user["content"].index(
        "질문: Word2Vec 에 대해서 알려줄래?\n"
    )
    assert fake_llm.requests[-1]["body"]["max_tokens"] == LLMConfig().max_tokens
    assert len(fake_llm.requests) == 1


def test_earlier_turns_are_shown_before_the_question(fake_llm: Any, make_source: Any) -> None:
    history = (Turn("What is Word2Vec?", "A technique [1]."),)
    list(writer_for(fake_llm).write(Evidence("Who made it?", (make_source(1, "Google."),), history)))
    assert [message["role"] for message in sent(fake_llm)] == ["system", "user", "assistant", "user"]
    assert sent(fake_llm)[2]["content"] == "A technique."


def test_passages_that_do_not_fit_lose_their_tails_from_the_last_on_and_the_question_stays(
    fake_llm: Any, make_source: Any
) -> None:
    sources = tuple(make_source(n, f"start{n} " + "단어와 벡터 " * 120) for n in (1, 2, 3, 4))
    question = "Which words? " * 10 + "END?"
    list(writer_for(fake_llm, context_window=2048, max_tokens=128).write(Evidence(question, sources)))
    system, user = (message["content"] for message in sent(fake_llm))
    assert estimate_tokens(system) + estimate_tokens(user) + 128 <= 2048
    assert "END?\n" in user
    assert sources[0].text.strip() in user
    assert "start2" in user
    assert "…\n</passage>" in user
    assert "start4" not in user


def test_a_question_that_fills_the_window_is_an_error_that_names_the_setting(
    fake_llm: Any, make_source: Any
) -> None:
    writer = writer_for(fake_llm, context_window=600, max_tokens=16)
    with pytest.raises(LLMError, match=r"llm\.context_window"):
        list(writer.write(Evidence("why? " * 600, (make_source(1, "text"),))))
    assert fake_llm.requests == []


def test_an_answer_without_sources_is_a_bug(fake_llm: Any) -> None:
    with pytest.raises(ValueError, match="source"):
        writer_for(fake_llm).write(Evidence("q", ()))


@pytest.mark.parametrize("fault", ["close", "truncate", "garbage", "error in stream"])
def test_a_death_in_the_middle_is_an_error_after_the_tokens(
    fake_llm: Any, evidence: Evidence, fault: str
) -> None:
    fake_llm.fault = fault
    stream = writer_for(fake_llm).write(evidence)
    assert "".join(islice(stream, 3)) == "Word2Vec turns words"
    with pytest.raises(LLMError):
        list(stream)
    assert len(fake_llm.requests) == 1


@pytest.mark.parametrize("fault", ["html", "empty"])
def test_an_answer_that_is_no_stream_is_an_error_that_names_the_address(
    fake_llm: Any, evidence: Evidence, fault: str
) -> None:
    fake_llm.fault = fault
    with pytest.raises(LLMError, match=r"llm\.options\.api_base"):
        list(writer_for(fake_llm).write(evidence))


@pytest.mark.parametrize("fault", ["hang", "hang after headers"])
def test_a_server_that_hangs_is_left_and_disconnected(fake_llm: Any, evidence: Evidence, fault: str) -> None:
    fake_llm.fault = fault
    writer = writer_for(fake_llm, limits=LLMLimits(first_token_s=0.3))
    with pytest.raises(LLMError, match="first_token_s"):
        list(writer.write(evidence))
    assert fake_llm.disconnected.wait(5)


def test_a_server_that_stops_between_tokens_is_left_and_disconnected(
    fake_llm: Any, evidence: Evidence
) -> None:
    fake_llm.fault = "hang between tokens"
    with pytest.raises(LLMError, match="idle_s"):
        list(writer_for(fake_llm, limits=LLMLimits(idle_s=0.3)).write(evidence))
    assert fake_llm.disconnected.wait(5)


@pytest.mark.parametrize("fault", ["endless", "hang between tokens"])
def test_closing_an_answer_returns_at_once_and_stops_the_server(
    fake_llm: Any, evidence: Evidence, fault: str
) -> None:
    fake_llm.fault = fault
    stream: Any = writer_for(fake_llm).write(evidence)
    next(stream)
    before = time.monotonic()
    stream.close()
    assert time.monotonic() - before < 0.2
    assert fake_llm.disconnected.wait(5)


def test_a_failing_server_that_recovers_is_asked_again(fake_llm: Any, evidence: Evidence) -> None:
    fake_llm.faults = [500, "close at once", None]
    assert "".join(writer_for(fake_llm).write(evidence)) == fake_llm.reply
    assert len(fake_llm.requests) == 3


def test_a_redirect_is_not_followed_to_another_address(fake_llm: Any, evidence: Evidence) -> None:
    fake_llm.fault = "redirect"
    with pytest.raises(LLMError, match="redirected"):
        list(writer_for(fake_llm).write(evidence))
    assert len(fake_llm.requests) == 1


def test_an_answer_cut_at_its_length_shows_it(fake_llm: Any, evidence: Evidence) -> None:
    fake_llm.fault = "cut at length"
    assert "".join(writer_for(fake_llm).write(evidence)) == fake_llm.reply + " …"


def test_thoughts_are_not_part_of_the_answer(fake_llm: Any, evidence: Evidence) -> None:
    fake_llm.fault = "thinking"
    assert "".join(writer_for(fake_llm).write(evidence)) == fake_llm.reply
    fake_llm.fault, fake_llm.reply = None, "<think> Let me see [9]. </think> \n\nIt is small [1]."
    assert "".join(writer_for(fake_llm).write(evidence)) == "It is small [1]."


def test_a_proxy_in_the_environment_does_not_see_a_local_model(
    fake_llm: Any, evidence: Evidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert "".join(writer_for(fake_llm).write(evidence)) == fake_llm.reply


def test_condensing_gives_one_clean_question(fake_llm: Any) -> None:
    fake_llm.reply = '다시 쓴 질문: "Word2Vec은 누가 만들었어?"\n설명: 이것은 …'
    history = [Turn("Word2Vec이 뭐야?", "기술입니다 [1].")]
    assert writer_for(fake_llm).condense("누가 만들었어?", history) == "Word2Vec은 누가 만들었어?"
    assert "Word2Vec이 뭐야?" in sent(fake_llm)[-1]["content"]


def test_without_a_history_there_is_nothing_to_condense(fake_llm: Any) -> None:
    assert writer_for(fake_llm).condense("What is it?", []) == "What is it?"
    assert fake_llm.requests == []


def test_a_failure_while_condensing_is_raised(fake_llm: Any) -> None:
    fake_llm.fault = 404
    with pytest.raises(LLMError, match=r"llm\.model"):
        writer_for(fake_llm).condense("And then?", [Turn("q", "a")])


def test_one_writer_serves_several_people_at_once(fake_llm: Any, make_source: Any) -> None:
    writer, fake_llm.fault = writer_for(fake_llm), "slow"
    streams = [writer.write(Evidence(f"q{n}", (make_source(1, "text"),))) for n in range(4)]
    firsts = [next(stream) for stream in streams]
    rests = ["".join(stream) for stream in streams]
    assert [first + rest for first, rest in zip(firsts, rests, strict=True)] == [fake_llm.reply] * 4


def test_a_short_reply_is_the_first_line_and_ends_there_once_the_model_is_known(fake_llm: Any) -> None:
    writer = writer_for(fake_llm)
    assert isinstance(writer, LanguageModel)
    fake_llm.reply = "one line\nand another"
    assert writer.reply("rules", "text", longest=100, one_line=True).text == "one line"
    assert writer.reply("rules", "text", longest=5).text == "one l"
    fake_llm.fault = "endless"
    assert writer.reply("rules", "text", longest=100, one_line=True).text == "one line"
    assert fake_llm.disconnected.wait(5)


def test_a_short_task_is_tried_once_and_within_its_own_time(fake_llm: Any) -> None:
    writer = writer_for(fake_llm)
    assert isinstance(writer, LanguageModel)
    fake_llm.fault = 503
    with pytest.raises(LLMError, match="503"):
        writer.reply("rules", "text", longest=100)
    assert len(fake_llm.requests) == 1
    fake_llm.fault = "hang"
    before = time.monotonic()
    with pytest.raises(LLMError, match="within 0.3 s"):
        writer.reply("rules", "text", longest=100, limit_s=0.3)
    assert time.monotonic() - before < 5
