"""Off unless configured, in the owner's own file; nothing is loaded for what is off, nothing is sent."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from chatbot.config import Config, TelemetryConfig, load_config
from chatbot.errors import ConfigError
from chatbot.telemetry import seat
from chatbot.telemetry.start import TOKEN, destinations, running, start
from chatbot.telemetry.watching import WatchedQuestion
from chatbot.trace import Timings

HEAVY = {"opentelemetry.sdk", "prometheus_client", "requests"}


def test_by_default_nobody_watches_and_nothing_is_sent() -> None:
    assert not Config().telemetry.is_on
    assert start(Config().telemetry) is None
    assert running() is None
    assert seat.watched("ask") is None
    assert seat.headers_for_model_server() == {}
    assert destinations(Config().telemetry) == ["nothing is sent: no receiver of traces is configured"]


@pytest.mark.parametrize(
    ("section", "loaded"),
    [
        ("", set()),
        pytest.param("logs = 'json'\nslow_question_s = 1.0\n", set(), marks=pytest.mark.slow),
        pytest.param("metrics = true\n", {"prometheus_client"}, marks=pytest.mark.slow),
        ("traces = 'http://127.0.0.1:9'\n", {"opentelemetry.sdk", "requests"}),
    ],
)
def test_only_what_is_configured_is_loaded(tmp_path: Path, section: str, loaded: set[str]) -> None:
    file = tmp_path / "own.toml"
    file.write_text(f"[telemetry]\n{section}", "utf-8")
    script = (
        "import sys\nimport chatbot.engine\nbefore = set(sys.modules)\n"
        "from chatbot.config import load_config\nfrom chatbot.telemetry.start import start\n"
        f"start(load_config({str(file)!r}).telemetry)\n"
        "print(' '.join(set(sys.modules) - before))"
    )
    # what llama-index and streamlit load by themselves is not ours
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) & HEAVY <= loaded
    assert {"opentelemetry.sdk", "prometheus_client"} & loaded <= set(done.stdout.split())


def test_a_file_in_the_working_folder_cannot_send_anything_anywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "secondlook.toml").write_text("[telemetry]\ntraces = 'http://192.0.2.1'\n", "utf-8")
    with pytest.raises(ConfigError, match="set in your own file"):
        load_config()
    assert load_config(tmp_path / "secondlook.toml").telemetry.traces == "http://192.0.2.1/v1/traces"


@pytest.mark.parametrize("address", ["127.0.0.1:4318", "ftp://127.0.0.1", "http://", "http://[x", "receiver"])
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(ConfigError, match="must be an address"):
        Config().with_(telemetry={"traces": address})


def test_a_misspelt_key_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"telemetry\.trace"):
        Config().with_(telemetry={"trace": "http://127.0.0.1"})


def test_a_missing_library_is_said_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "prometheus_client", None)
    monkeypatch.delitem(sys.modules, "chatbot.telemetry.metrics", raising=False)
    with pytest.raises(ConfigError, match=r"pip install 'secondlook\[telemetry\]'"):
        start(TelemetryConfig(metrics=True))
    assert running() is None


def test_a_token_that_can_be_guessed_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(TOKEN, "short")
    with pytest.raises(ConfigError, match="shorter than 16 characters"):
        start(TelemetryConfig(metrics=True))
    monkeypatch.setenv(TOKEN, "a-token-of-some-length")
    found = start(TelemetryConfig(metrics=True))
    assert found is not None
    assert found.metrics_token == "a-token-of-some-length"


def test_doctor_says_what_is_sent_and_where_without_a_password() -> None:
    config = TelemetryConfig(
        traces="https://kim:secret@traces.example/v1/traces?key=abc", metrics=True, logs="json"
    )
    said = " ".join(destinations(config))
    assert "traces.example" in said
    assert "numbers only" in said
    assert "secret" not in said
    assert "abc" not in said
    assert "questions and passages" in " ".join(destinations(config.model_copy(update={"text": True})))


def test_a_watcher_that_breaks_costs_a_question_nothing(caplog: pytest.LogCaptureFixture) -> None:
    class Broken:
        def __getattr__(self, name: str) -> object:
            raise RuntimeError("out of order")

    timings = Timings(WatchedQuestion("ask", Broken(), lambda _: Broken(), 1.0))  # type: ignore[arg-type]
    with timings.under_way(), timings.measure("embed"):
        pass
    assert timings.pull(iter(["a"])) == "a"
    assert timings.watcher is not None
    timings.watcher.ended("complete", {})
    assert "goes on without" in caplog.text
