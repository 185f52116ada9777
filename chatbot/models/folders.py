"""Where weights come from: the name of a model -> a local folder in the standard Hugging Face layout.

``org/name``       a hub id, from the local hub cache only; ``secondlook models pull`` fetches it
``./folder``       a folder on this machine
``package:NAME``   unpacked from an installed package into the cache folder: once, 4 s, atomic, verified
``late-interaction``   the default reranker: no weights of its own, those of ``package:multilingual-e5-small``

Nothing is ever fetched here. Everything downstream sees a folder and needs no network.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from chatbot.errors import ConfigError, ModelError, without_kinds
from chatbot.models.packaged import PACKAGED

PACKAGE_PREFIX = "package:"
E5_SMALL = "package:multilingual-e5-small"
LATE_INTERACTION = "late-interaction"
# part of its fingerprint: raise it when its scores change, so that what was fitted to or kept of older ones is not taken
_LATE_INTERACTION_VERSION = 1
_WEIGHTS = ("*.safetensors", "*.bin", "tokenizer.json")


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """A model ready to load.

    Attributes:
        name: as configured.
        path: the folder; of late interaction, the one with its calibrations.
        origin: where the weights came from, for people.
        licence: SPDX id or short text; "see its model card" when the folder does not say.
        note: ``untrained`` marks a model that nothing was trained for; else empty.
        size: bytes of the folder's files; 0 where the weights are another model's.
        sha256: fingerprint of weights and tokenizer together.
    """

    name: str
    path: Path
    origin: str
    licence: str
    note: str
    size: int
    sha256: str


def resolve(name: str, cache: Path) -> ModelFolder:
    """The folder for ``name``, unpacking a packaged model on first use.

    Raises:
        ConfigError: there is no such packaged model.
        ModelError: the weights are not on this machine, or damaged; the message says what to run.
    """
    if name == LATE_INTERACTION:
        return _resolve_late_interaction(cache)
    if name.startswith(PACKAGE_PREFIX):
        return _resolve_packaged(name, cache)
    folder = Path(name).expanduser()
    if folder.is_dir():
        return _describe(name, folder.resolve(), "local folder", "see its model card", cache)
    if name.count("/") != 1 or name.startswith((".", "/", "~")):
        raise ModelError(
            "no model at {name}; give a folder, a hub id like BAAI/bge-m3, or package:NAME", name=repr(name)
        )
    return _describe(name, _hub_folder(name), f"hub {name}", _hub_licence(name), cache)


def pull(name: str) -> Path:
    """Fetch a hub model into the hub cache; the only function that uses the network for weights."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError

    try:
        return Path(snapshot_download(name, ignore_patterns=["*.onnx*", "*.h5", "*.msgpack", "openvino/*"]))
    except (HfHubHTTPError, OSError, ValueError) as error:
        raise ModelError(
            "cannot fetch {name}: {error}; check the name and the connection",
            name=name,
            error=without_kinds(str(error)),
        ) from error


def _resolve_late_interaction(cache: Path) -> ModelFolder:
    e5 = resolve(E5_SMALL, cache)
    fingerprint = f"{LATE_INTERACTION} {_LATE_INTERACTION_VERSION} {e5.sha256}"
    return replace(
        e5,
        name=LATE_INTERACTION,
        path=Path(__file__).parents[1] / "reranking",
        origin="late interaction over multilingual-e5-small, whose weights it shares",
        note="untrained",
        size=0,
        sha256=hashlib.sha256(fingerprint.encode()).hexdigest(),
    )


def _resolve_packaged(name: str, cache: Path) -> ModelFolder:
    packaged = PACKAGED.get(name.removeprefix(PACKAGE_PREFIX))
    if packaged is None:
        known = ", ".join(PACKAGE_PREFIX + known for known in sorted(PACKAGED))
        raise ConfigError("unknown packaged model {name}; known: {known}", name=repr(name), known=known)
    folder = cache / name.removeprefix(PACKAGE_PREFIX) / packaged.version
    if not folder.is_dir():
        _unpack(name, folder)
    return _describe(name, folder, packaged.origin, packaged.licence, cache)


def _unpack(name: str, folder: Path) -> None:
    """Build beside the final place, check, rename: a crash leaves at worst a ``.tmp`` folder, never half a model."""
    packaged = PACKAGED[name.removeprefix(PACKAGE_PREFIX)]
    make_cache(folder.parents[1])
    folder.parent.mkdir(parents=True, exist_ok=True)
    building = Path(tempfile.mkdtemp(prefix=".tmp-", dir=folder.parent))
    try:
        packaged.write(building)
        if sha256_of(building / "model.safetensors") != packaged.sha256:
            raise ModelError(
                "unpacking {name} gave other weights than expected; reinstall the pinned packages", name=name
            )
        try:
            building.rename(folder)
        except OSError:
            if not folder.is_dir():  # another process was first: its folder is as good
                raise
    except OSError as error:
        raise ModelError(
            "cannot unpack {name} into {folder}: {error}; free some space",
            name=name,
            folder=folder.parent,
            error=error.strerror,
        ) from error
    finally:
        shutil.rmtree(building, ignore_errors=True)


def _hub_folder(name: str) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    try:
        return Path(snapshot_download(name, local_files_only=True))
    except (LocalEntryNotFoundError, ValueError):
        raise ModelError(
            "{name} is not on this machine; run: secondlook models pull {again}", name=name, again=name
        ) from None


def _hub_licence(name: str) -> str:
    from huggingface_hub import ModelCard

    try:
        return str(
            ModelCard.load(_hub_folder(name) / "README.md")
            .data.to_dict()
            .get("license", "see its model card")
        )
    except (OSError, ValueError):
        return "see its model card"


def _describe(name: str, path: Path, origin: str, licence: str, cache: Path) -> ModelFolder:
    files = [file for file in path.rglob("*") if file.is_file()]
    size = sum(file.stat().st_size for file in files)
    return ModelFolder(name, path, origin, licence, "", size, _fingerprint(path, cache))


def _fingerprint(path: Path, cache: Path) -> str:
    """sha256 over weights and tokenizer, remembered by name, size and time so that opening stays instant."""
    files = sorted({file for pattern in _WEIGHTS for file in path.glob(pattern)})
    if not files:
        raise ModelError(
            "{folder} holds no weights (*.safetensors or *.bin); give a complete model folder", folder=path
        )
    key = hashlib.sha256(
        repr([(str(f), s.st_size, s.st_mtime_ns) for f in files for s in [f.stat()]]).encode()
    ).hexdigest()
    memo = cache / "fingerprints" / key
    if memo.exists():
        return memo.read_text("ascii")
    digest = hashlib.sha256(json.dumps([(f.name, sha256_of(f)) for f in files]).encode()).hexdigest()
    make_cache(cache)
    memo.parent.mkdir(exist_ok=True)
    half = memo.with_suffix(f".{os.getpid()}")
    half.write_text(digest, "ascii")
    half.replace(memo)
    return digest


def make_cache(cache: Path) -> None:
    """The cache folder, entered by its owner only; one that is there may be shared on purpose and stays as it is."""
    cache.mkdir(0o700, parents=True, exist_ok=True)


def sha256_of(path: Path) -> str:
    """Hex sha256 of a file, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
