"""How fast a fetched model is: what real answers took, and nothing before there was one."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from llama_index.core.base.llms.types import ChatMessage, ChatResponse
from rich.console import Console

from chatbot.answering.writer import RESTART, Evidence, Writer
from chatbot.cli.language_models import language_models, print_language_models
from chatbot.config import Config, LLMConfig, LLMLimits
from chatbot.errors import LLMError
from chatbot.llms import build_writer
from chatbot.llms.clients import COUNTED
from chatbot.llms.llm_writer import LLMWriter
from chatbot.llms.local.catalogue import DEFAULT, MODELS, file_of, is_pulled
from chatbot.llms.local.speed import Speed, Stopwatch, Took, keep, speed_of
from fakes.llm_server import FakeLLMServer

LIMITS = LLMLimits(first_token_s=110, idle_s=60, total_s=120)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the model of the button is on this machine; only its folder is there."""
    place = file_of(MODELS[DEFAULT], tmp_path)
    place.parent.mkdir(parents=True)
    return place


def writer_of(file: Path) -> Writer:
    return build_writer(LLMConfig(backend="gguf", model=str(file), max_tokens=24, limits=LIMITS))


def test_an_answer_of_a_real_model_is_measured(file: Path, smollm2: Path, make_source: Any) -> None:
    file.symlink_to(smollm2)
    evidence = Evidence("휴가는 며칠인가요?", (make_source(1, "Everybody has 25 days of leave a year."),))
    assert "".join(writer_of(file).write(evidence)).strip()
    speed = speed_of(file)
    assert speed is not None
    assert speed.answers == 1
    assert speed.tokens_per_s > 0 < speed.first_s
    kept = json.loads((file.parent / "speed.json").read_text())
    assert {type(value) for answer in kept["answers"] for value in answer} <= {int, float}, "no word of it"
    assert kept["answers"][0][0] <= 24
    list(writer_of(smollm2).write(evidence))
    assert not (smollm2.parent / "speed.json").exists(), "nothing is written beside somebody's own file"


def test_an_answer_that_was_stopped_or_broke_off_is_not_measured(
    fake_llm: FakeLLMServer, make_source: Any
) -> None:
    options = {"api_base": fake_llm.url, "additional_kwargs": COUNTED}
    config = LLMConfig(backend="openai-like", model="small", options=options, limits=LIMITS)
    built, took = build_writer(config), list[Took]()
    assert isinstance(built, LLMWriter)
    writer = LLMWriter(lambda: built.llm, config, label="small", remote=False, took=took.append)
    evidence = Evidence("How many days?", (make_source(1, "Everybody has 25 days of leave a year."),))
    fake_llm.reply = "Everybody has 25 days of leave a year [1]."
    fake_llm.fault = "hang between tokens"
    begun = writer.write(evidence)
    assert next(begun)
    begun.close()
    assert fake_llm.disconnected.wait(60)
    fake_llm.fault = "close"
    with pytest.raises(LLMError):
        list(writer.write(evidence))
    assert took == []
    fake_llm.fault = "slow"
    list(writer.write(evidence))
    assert [one.tokens for one in took] == [12], "as the server counts them"


def test_it_is_that_of_the_last_answers_and_of_this_machine(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert speed_of(file) is None
    for _ in range(7):
        keep(file, Took(1000, 1.0, 0.1))
    for first_s in range(1, 21):
        keep(file, Took(31, 2.0, float(first_s)))
    assert speed_of(file) == Speed(15.0, 10.5, 20)
    count = os.cpu_count() or 1
    monkeypatch.setattr(os, "cpu_count", lambda: count + 6)
    assert speed_of(file) is None, "the folder was copied to another machine"
    keep(file, Took(61, 2.0, 0.5))
    assert speed_of(file) == Speed(30.0, 0.5, 1)


@pytest.mark.parametrize(
    "answers",
    ["", "[]", "{", "[[12, 1.0]]", '[["a", 1, 1]]', "[[1e999, 1, 1]]", "[[12, 0, 1]]", "[[12, NaN, 1]]", "[[12, 1, -1]]"],
)  # fmt: skip
def test_a_file_that_says_nothing_is_as_none(file: Path, answers: str) -> None:
    keep(file, Took(31, 2.0, 1.0))
    place = file.parent / "speed.json"
    machine = json.loads(place.read_text())["machine"]
    place.write_text(f'{{"machine": "{machine}", "answers": {answers}}}')
    assert speed_of(file) is None
    keep(file, Took(31, 2.0, 1.0))
    assert speed_of(file) == Speed(15.0, 1.0, 1)


def test_where_nothing_can_be_written_an_answer_is_not_disturbed(tmp_path: Path) -> None:
    (tmp_path / "no folder").write_text("")
    keep(tmp_path / "no folder" / "a.gguf", Took(31, 2.0, 1.0))
    assert speed_of(tmp_path / "no folder" / "a.gguf") is None


def said(delta: str, thought: str = "") -> ChatResponse:
    return ChatResponse(
        message=ChatMessage(content=""), delta=delta, additional_kwargs={"thinking_delta": thought}
    )


def test_thoughts_are_written_but_are_no_first_word(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("time.perf_counter", lambda: now)
    watch = Stopwatch()

    def at(pieces: list[tuple[float, Any]]) -> Iterator[Any]:
        nonlocal now
        for at_s, piece in pieces:
            now = at_s
            yield piece

    list(
        watch.written(at([(101.0, said("")), (102.0, said("", "hm")), (106.0, said("A")), (107.0, said(""))]))
    )
    list(watch.shown(at([(103.0, "hm"), (103.5, RESTART), (105.0, ""), (106.0, "A")])))
    assert watch.took(41) == Took(41, 4.0, 6.0)
    assert watch.took(3) is None, "too short to tell"
    assert Stopwatch().took(41) is None


@pytest.mark.parametrize(
    ("place", "is_one"),
    [
        (lambda cache, file: file, True),
        (lambda cache, file: cache / file.name, False),
        (lambda cache, file: cache / "models" / file.parent.name / file.name, False),
        (lambda cache, file: file.with_name("other.gguf"), False),
    ],
)
def test_somebodys_own_file_is_none_that_was_fetched(
    tmp_path: Path, file: Path, place: Callable[[Path, Path], Path], is_one: bool
) -> None:
    assert is_pulled(place(tmp_path, file)) is is_one


def test_the_command_line_says_it_of_models_that_are_here(tmp_path: Path, file: Path) -> None:
    def shown() -> str:
        out = io.StringIO()
        print_language_models(Console(file=out, width=200), language_models(Config(models_cache=tmp_path)))
        return out.getvalue()

    assert f"  {DEFAULT}: 1.1 GB to fetch, Apache-2.0\n" in shown()
    file.write_bytes(b"GGUF")
    assert f"  {DEFAULT}: here, 1.1 GB, Apache-2.0, speed known after its first answer\n" in shown()
    keep(file, Took(126, 10.0, 2.34))
    assert f"  {DEFAULT}: here, 1.1 GB, Apache-2.0, 12.5 tokens/s here, first word after 2.34 s\n" in shown()
    assert "qwen3-4b: 2.5 GB to fetch, Apache-2.0\n" in shown()
