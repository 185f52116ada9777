"""What Prometheus reads: the numbers of questions, with labels of a few known words."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient

from chatbot import Chatbot
from chatbot.config import Config, LLMConfig, LLMLimits, TelemetryConfig
from chatbot.errors import LLMError
from chatbot.llms import build_writer
from chatbot.store import open_store
from chatbot.telemetry import seat
from chatbot.telemetry.asgi import metrics_answer
from chatbot.telemetry.metrics import Metrics
from chatbot.telemetry.start import Telemetry, install
from chatbot.trace import Timings
from fakes.llm_server import FakeLLMServer
from fakes.stores import small_store
from ingest.turns.queue import Turns

QUESTION = "How many days of annual leave are there?"
NAMES = {
    "secondlook_questions_total", "secondlook_refusals_total", "secondlook_llm_errors_total",
    "secondlook_ingested_files_total", "secondlook_stage_seconds", "secondlook_question_seconds",
    "secondlook_first_token_seconds", "secondlook_active_streams", "secondlook_spans_lost_total",
    "secondlook_reranker_waiting_pairs", "secondlook_upload_turns_waiting", "secondlook_index_chunks",
    "secondlook_index_documents", "secondlook_index_bytes", "secondlook_indexes_open",
}  # fmt: skip


@pytest.fixture
def metrics() -> Metrics:
    found = Metrics()
    install(Telemetry(TelemetryConfig(metrics=True), found))
    return found


def value(metrics: Metrics, name: str, **labels: str) -> float:
    return metrics.registry.get_sample_value(name, labels) or 0.0


def test_a_question_counts_once_with_the_time_of_each_stage(
    sample_chatbot: Chatbot, metrics: Metrics
) -> None:
    answer = sample_chatbot.ask(QUESTION)
    assert (
        value(metrics, "secondlook_questions_total", kind="ask", request="look_up", outcome="answered") == 0
    )
    stream = iter(answer)
    next(stream)
    assert value(metrics, "secondlook_active_streams") == 1
    list(stream)
    assert value(metrics, "secondlook_active_streams") == 0
    assert "".join(answer)  # reading it again is no other question
    assert (
        value(metrics, "secondlook_questions_total", kind="ask", request="look_up", outcome="answered") == 1
    )
    for stage in ("retrieve", "embed", "dense", "lexical", "fuse", "rerank", "gate", "highlight", "write"):
        assert value(metrics, "secondlook_stage_seconds_count", stage=stage) >= 1
    assert value(metrics, "secondlook_question_seconds_count", kind="ask") == 1
    assert value(metrics, "secondlook_first_token_seconds_count", kind="ask") == 1


def test_a_refusal_counts_by_its_reason(sample_chatbot: Chatbot, metrics: Metrics) -> None:
    answer = sample_chatbot.ask("What is the airspeed velocity of an unladen swallow?")
    assert answer.refused
    assert answer.text
    assert value(metrics, "secondlook_refusals_total", reason="improbable") == 1
    assert value(metrics, "secondlook_questions_total", kind="ask", request="look_up", outcome="refused") == 1


def test_failures_of_a_language_model_count_by_kind(metrics: Metrics, fake_llm: FakeLLMServer) -> None:
    limits = LLMLimits(first_token_s=20, idle_s=20, total_s=60, tries=1)
    config = LLMConfig(backend="openai-like", model="m", options={"api_base": fake_llm.url}, limits=limits)
    for fault, kind in (
        (401, "key"),
        (429, "quota"),
        (500, "server"),
        ("empty", "empty"),
        ("close", "broken"),
    ):
        fake_llm.fault = fault
        with pytest.raises(LLMError):
            build_writer(config).reply("rules", "text", longest=10)  # type: ignore[attr-defined]
        assert value(metrics, "secondlook_llm_errors_total", kind=kind) == 1, fault


def test_queues_and_indexes_are_measured_when_somebody_looks(metrics: Metrics, tmp_path: Path) -> None:
    made = small_store(
        tmp_path / "store", {"a.txt": [("one", None), ("two", None)], "b.txt": [("three", None)]}
    )
    config = Config().with_(store=made.folder)
    store = open_store(config, made.identity)
    before = (value(metrics, "secondlook_index_chunks"), value(metrics, "secondlook_index_documents"))
    other = open_store(config, made.identity)  # the same index, opened twice, counts once
    assert (value(metrics, "secondlook_index_chunks"), value(metrics, "secondlook_index_documents")) == before
    assert before[0] >= 3
    assert value(metrics, "secondlook_index_bytes") > 0
    waiting, turns = value(metrics, "secondlook_upload_turns_waiting"), Turns()
    turns.join("somebody", object())
    assert value(metrics, "secondlook_upload_turns_waiting") == waiting + 1
    for opened in (other, store, made):
        opened.close()
    assert value(metrics, "secondlook_index_chunks") == before[0] - 3


def test_files_of_a_run_count_by_what_became_of_them(metrics: Metrics, tmp_path: Path) -> None:
    from fakes.ngram_embedding import NgramEmbedding
    from ingest.pipeline import run

    (tmp_path / "a.txt").write_text("The test card is green.", "utf-8")
    (tmp_path / "empty.txt").touch()
    config = Config().with_(store=tmp_path / "store", reranker={"token_vectors": "off"})
    run(config, [tmp_path / "a.txt", tmp_path / "empty.txt"], embedding=NgramEmbedding())
    assert value(metrics, "secondlook_ingested_files_total", outcome="indexed") == 1
    assert value(metrics, "secondlook_ingested_files_total", outcome="refused") == 1


def test_no_label_is_a_name_whatever_is_counted(metrics: Metrics) -> None:
    seat.count("llm_errors", "a secret model's name")
    timings = Timings(seat.watched("ask"))
    with timings.measure("a file's name.pdf"):
        pass
    text = metrics.exposition().decode()
    assert "secret" not in text
    assert "pdf" not in text
    assert value(metrics, "secondlook_llm_errors_total", kind="other") == 1
    assert value(metrics, "secondlook_stage_seconds_count", stage="other") == 1


def test_the_names_are_those_of_the_documentation(metrics: Metrics) -> None:
    found = {
        family.name + ("_total" if family.type == "counter" else "")
        for family in text_string_to_metric_families(metrics.exposition().decode())
    }
    assert found == NAMES
    page = (Path(__file__).parents[3] / "docs" / "observability.md").read_text("utf-8")
    assert set(re.findall(r"secondlook_[a-z_]+", page)) >= NAMES


@pytest.fixture
def client() -> TestClient:
    app = Starlette(routes=[Route("/metrics", metrics_answer)])
    return TestClient(app, "http://127.0.0.1:8501", client=("127.0.0.1", 4000))


def test_there_are_no_metrics_where_they_are_off(client: TestClient) -> None:
    assert client.get("/metrics").status_code == 404


def test_metrics_without_a_token_are_for_this_machine_alone(client: TestClient, metrics: Metrics) -> None:
    found = client.get("/metrics")
    assert found.status_code == 200
    assert "secondlook_questions_total" in found.text
    abroad = TestClient(client.app, "http://127.0.0.1:8501", client=("192.0.2.1", 4000))
    assert abroad.get("/metrics").status_code == 403
    for name in ("X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"):
        assert client.get("/metrics", headers={name: "127.0.0.1"}).status_code == 403
    rebound = client.get("/metrics", headers={"Host": "evil.example"})
    assert rebound.status_code == 403
    assert "SECONDLOOK_METRICS_TOKEN" in rebound.text


def test_with_a_token_nobody_reads_metrics_without_it(client: TestClient, metrics: Metrics) -> None:
    install(Telemetry(TelemetryConfig(metrics=True), metrics, metrics_token="a-token-of-some-length"))
    abroad = TestClient(client.app, "http://watched.example", client=("192.0.2.1", 4000))
    right = {"Authorization": "Bearer a-token-of-some-length"}
    assert abroad.get("/metrics", headers=right).status_code == 200
    wrong: list[dict[str, Any]] = [
        {}, {"Authorization": "Bearer a-token-of-some-lengt"}, {"Authorization": "Basic a-token-of-some-length"},
        {"Authorization": "Bearer"}, {"Authorization": b"Bearer \xff\xfe"},
    ]  # fmt: skip
    for headers in wrong:
        assert client.get("/metrics", headers=headers).status_code == 401
