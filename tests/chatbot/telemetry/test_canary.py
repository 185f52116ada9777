"""A question, an answer, a document's text, its name and a key, with everything switched on: none of them comes out."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from chatbot import Chatbot
from chatbot.config import Config, LLMConfig, LLMLimits, TelemetryConfig
from chatbot.errors import LLMError
from chatbot.llms import build_writer
from chatbot.retrieval.embeddings import store_identity
from chatbot.store import open_store
from chatbot.telemetry import start as starting
from chatbot.telemetry.exporting import Receiver
from chatbot.telemetry.json_logs import write_json_logs
from chatbot.telemetry.metrics import Metrics
from chatbot.telemetry.spans import Traces
from chatbot.trace import Turn
from fakes.llm_server import FakeLLMServer
from fakes.otlp_receiver import OtlpReceiver
from ingest.pipeline import run

QUESTION = "How large is the severance of Quillfeather?"
PASSAGE = "The severance of Quillfeather is 73519 florins, paid on the day of Zweibrücken."
ANSWER = "It is 73519 florins [1], as Grimsditch said."
EARLIER = "Who is Ostrobogulous?"
KEY = "sk-canary-0123456789abcdef0123456789abcdef"
FILE = "mopoke-contract.txt"
CANARIES = (
    "Quillfeather",
    "73519",
    "florins",
    "Zweibr",
    "Grimsditch",
    "Ostrobogulous",
    "mopoke",
    KEY[-16:],
)


@pytest.fixture
def chatbot(sample_chatbot: Chatbot, tmp_path: Path) -> Iterator[Chatbot]:
    """Over one document that nobody else may read."""
    (tmp_path / FILE).write_text(f"{PASSAGE}\n", "utf-8")
    config = Config().with_(store=tmp_path / "store")
    run(config, [tmp_path / FILE], embedding=sample_chatbot.embedding)
    store = open_store(config, store_identity(config))
    yield Chatbot(config, store, sample_chatbot.embedding)
    store.close()


def test_nothing_of_a_question_comes_out_however_it_ends(
    chatbot: Chatbot, fake_llm: FakeLLMServer, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:  # fmt: skip
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    limits = LLMLimits(first_token_s=20, idle_s=20, total_s=60, tries=1)
    writer = build_writer(
        LLMConfig(backend="openai-like", model="m", options={"api_base": fake_llm.url}, limits=limits)
    )
    metrics = Metrics()
    with OtlpReceiver() as receiver:
        traces = Traces(Receiver(receiver.endpoint, metrics.lost))
        config = TelemetryConfig(logs="json", slow_question_s=0.001, metrics=True, traces=receiver.endpoint)
        starting.install(starting.Telemetry(config, metrics, traces))
        write_json_logs()
        fake_llm.reply = ANSWER
        answer = chatbot.ask(QUESTION, (Turn(EARLIER, ANSWER),), writer=writer)
        assert "Grimsditch" in answer.text
        chatbot.check(answer)
        chatbot.search(QUESTION)
        for fault in (401, 500, "error in stream", "garbage", "close"):
            fake_llm.fault = fault  # type: ignore[assignment]
            with pytest.raises(LLMError):
                _ = chatbot.ask(QUESTION, writer=writer).text
        left = chatbot.ask(QUESTION)
        next(iter(left))
        left.close()
        _log_what_broke()
        run(chatbot.config, [tmp_path / FILE, _unreadable(tmp_path)], embedding=chatbot.embedding)
        traces.close()
        sent = b"".join(receiver.bodies).decode("latin-1")
    logged = capfd.readouterr().err
    shown = metrics.exposition().decode()
    assert logged.count('"slow question"') == 8
    assert all(json.loads(line)["logger"] for line in logged.splitlines())
    assert "ask" in sent
    for canary in (*CANARIES, str(tmp_path), str(Path.home()) + os.sep):
        assert canary not in logged, canary
        assert canary not in shown, canary
        assert canary.encode("utf-8").decode("latin-1") not in sent, canary


def _log_what_broke() -> None:
    """As the page does for what nobody foresaw."""
    import logging

    try:
        {}[QUESTION]  # type: ignore[var-annotated]
    except KeyError:
        logging.getLogger("chatbot.ui.chat.exchange").exception("an answer failed")
    logging.getLogger("httpx").warning(f"cannot send {PASSAGE} with {KEY}")
    logging.getLogger("ingest.sandbox.parser").error("the parser failed on %s:\n%s", FILE, PASSAGE)


def _unreadable(folder: Path) -> Path:
    file = folder / "mopoke-broken.docx"
    file.write_bytes(b"PK\x03\x04 Quillfeather")
    return file
