"""Errors and reasons as they are raised, and what a person reads of them on the page."""

from __future__ import annotations

import os
import re
from pathlib import Path

import httpx
import pytest

from chatbot.config import LLMConfig, load_config
from chatbot.errors import ConfigError, DocumentRefused, ModelError, Phrase
from chatbot.llms import backend_statuses, build_writer
from chatbot.llms.failures import Endpoint, translate
from chatbot.rendering.words import Say
from ingest.parsing.ocr import page_list
from ingest.parsing.parse import parse
from ingest.parsing.pdf.pdf import _BROKEN, _NO_LAYER

KO, EN = Say("ko"), Say("en")
_ENGLISH = re.compile(r"\b[a-z]{2,},? [a-z]+,? [a-z]+")


def refusal_of(file: Path) -> str:
    with pytest.raises(DocumentRefused) as refused:
        parse(file)
    return str(refused.value)


def fault_of(config: str, tmp_path: Path) -> str:
    file = tmp_path / "secondlook.toml"
    file.write_text(config, "utf-8")
    with pytest.raises(ConfigError) as fault:
        load_config(file)
    return str(fault.value)


def test_a_refused_file_says_why_and_what_to_do(tmp_path: Path) -> None:
    empty = tmp_path / "empty.txt"
    empty.touch()
    broken = tmp_path / "broken.docx"
    broken.write_bytes(b"PK\x03\x04 and nothing after it")
    assert (
        KO.error(refusal_of(empty)) == "빈 파일이라 색인할 것이 없습니다. 지우거나 다른 파일로 바꿔 주세요."
    )
    assert KO.error(refusal_of(broken)) == (
        "파일이 손상되었습니다: 중간에 잘렸거나 온전한 압축 파일이 아닙니다. 원래 프로그램에서 열어 다시 저장한 뒤 시도해 주세요."
    )
    assert EN.error(refusal_of(broken)) == refusal_of(broken)


def test_several_reasons_are_several_sentences() -> None:
    reasons = Phrase.joined(
        [
            Phrase(_BROKEN, what=page_list([1, 2, 3, 7])),
            Phrase("only the first {count} of {total} pages were read", count="5,000", total="6,100"),
            Phrase("attachments not read: {names}", names="a.pdf"),
        ]
    )
    assert KO.error(reasons) == (
        "손상되어 읽을 수 없는 쪽이 있습니다: 1-3, 7쪽. 6,100쪽 가운데 앞의 5,000쪽만 읽었습니다. 읽지 않은 첨부 파일: a.pdf"
    )
    assert (
        EN.error(reasons)
        == reasons
        == (
            "pages 1-3, 7 that cannot be read (damaged); only the first 5,000 of 6,100 pages were read; "
            "attachments not read: a.pdf"
        )
    )
    without = Phrase(_NO_LAYER, what=page_list([4]), install="pip")
    assert KO.error(without).startswith("글자 층이 없는 쪽이 있습니다: 4쪽 (OCR이")


def test_one_unknown_reason_does_not_hide_the_others() -> None:
    slide = Phrase("slide {number} could not be read to its end", number=3)
    assert KO.error(Phrase.joined([slide, "martians", Phrase("chapter {name} is missing", name="'a'")])) == (
        "3번 슬라이드를 끝까지 읽지 못했습니다. martians 'a' 장이 없습니다."
    )


@pytest.mark.parametrize(
    ("config", "korean"),
    [
        ("[llm]\ntemprature = 1", "llm.temprature: 없는 설정입니다. 철자를 확인해 주세요."),
        ("[llm]\ntemperature = 3", "llm.temperature: 2 이하의 값을 적어 주세요."),
        ("[retrieval]\nk = 0", "retrieval.k: 1 이상의 값을 적어 주세요."),
        ("[retrieval]\nk = 'ten'", "retrieval.k: 값의 종류가 맞지 않습니다. integer"),
        (
            "[splitter]\nkind = 'words'",
            "splitter.kind: 다음 가운데 하나를 적어 주세요: 'structure' or 'recursive'.",
        ),
        ("[retrieval]\nk = 2\ntop_n = 3", "retrieval: 출처 수(top_n)는 후보 수(k)보다 클 수 없습니다."),
        ("[llm", "올바른 TOML이 아닙니다."),
    ],
)
def test_a_fault_in_the_configuration_names_the_key(config: str, korean: str, tmp_path: Path) -> None:
    assert korean in KO.error(fault_of(config, tmp_path))


def test_two_faults_in_the_configuration_are_two_sentences(tmp_path: Path) -> None:
    said = KO.error(fault_of("[llm]\nmodle = ''\ntemperature = 3", tmp_path))
    assert "llm.temperature: 2 이하의 값을 적어 주세요." in said
    assert "llm.modle: 없는 설정입니다." in said


def test_what_a_backend_lacks_names_the_place_on_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.endswith("_API_KEY")]:
        monkeypatch.delenv(name)
    reasons = {status.name: status.reason for status in backend_statuses(LLMConfig()) if not status.usable}
    assert {"openai", "anthropic", "google-genai", "openai-like", "gguf"} <= set(reasons)
    assert all(re.search("[가-힣]", KO.error(reason)) for reason in reasons.values())
    assert KO.error(reasons["openai"]) == (
        "API 키가 필요합니다. 서버를 시작하기 전에 환경 변수 OPENAI_API_KEY에 넣어 주세요."
    )
    assert "GOOGLE_API_KEY 또는 GEMINI_API_KEY" in KO.error(reasons["google-genai"])
    assert "Models page" in EN.error(reasons["gguf"])
    with pytest.raises(ConfigError) as raised:
        build_writer(LLMConfig(backend="gguf", model="/no/such.gguf"))
    assert KO.error(str(raised.value)) == (
        "언어 모델 'gguf': /no/such.gguf 자리에 파일이 없습니다. 「모델」 화면에 .gguf 파일의 경로를 적어 주세요 (llm.model)."
    )


@pytest.mark.parametrize("status", [307, 400, 401, 404, 429, 503])
@pytest.mark.parametrize("setting", ["llm.options.api_base", ""])
def test_a_server_that_fails_is_told_of_in_korean(status: int, setting: str) -> None:
    request = httpx.Request("POST", "http://127.0.0.1:1/v1")
    error = httpx.HTTPStatusError("no; really not", request=request, response=httpx.Response(status))
    error.status_code = status  # type: ignore[attr-defined]  # as the vendors' classes have it
    endpoint = Endpoint("http://127.0.0.1:1/v1", setting, "SOME_API_KEY", "m")
    message = str(translate(error, "openai-like · m", endpoint))
    said = KO.error(message)
    assert said.startswith("openai-like · m: ")
    assert not _ENGLISH.search(said)
    assert f" ({setting})" in said if f"({setting})" in message else "()" not in said


def test_a_failed_second_look_is_told_of_in_korean() -> None:
    error = ModelError(
        "cannot read {file}: {error}; {advice}",
        file="/models/e5.bin", error="Permission denied", advice=Phrase("run: {command}", command="pip install x"),
    )  # fmt: skip
    assert str(error) == "cannot read /models/e5.bin: Permission denied; run: pip install x"
    assert KO.error(str(error)) == (
        "/models/e5.bin 파일을 읽을 수 없습니다 (Permission denied). 다음을 실행해 주세요: pip install x"
    )
    assert KO.error("CUDA out of memory") == "CUDA out of memory"


@pytest.mark.parametrize(
    "message",
    [
        "",
        ";",
        "; ",
        "; ; ",
        "page",
        "page of somebody's",
        "a bug; in the program",
        "{}",
        "페이지",
        "x; " * 1_000,
    ],
)
@pytest.mark.parametrize("say", [KO, EN], ids=["ko", "en"])
def test_what_is_not_known_is_shown_as_it_is(message: str, say: Say) -> None:
    assert say.error(message) == message
