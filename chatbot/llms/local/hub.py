"""A file from the Hugging Face hub, where that can be reached; resumed where it was left."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Event

from chatbot.errors import ModelError
from chatbot.llms.local.catalogue import LocalModel
from chatbot.llms.local.child import bytes_below, run

logger = logging.getLogger(__name__)

_REACH_S = 10.0  # to hear of the hub at all
_FETCH = (
    "import sys; from huggingface_hub import hf_hub_download;"
    "hf_hub_download(sys.argv[1], sys.argv[2], local_dir=sys.argv[3])"
)


@dataclass(frozen=True, slots=True)
class OnHub:
    """What the hub says of a file: its bytes, and its sha256 where it knows it."""

    size: int
    sha256: str


def look_up(model: LocalModel) -> OnHub | None:
    """What the hub says of ``model``; ``None`` where it cannot be reached, is turned off, or has no such file."""
    from huggingface_hub import constants, get_hf_file_metadata, hf_hub_url

    if constants.HF_HUB_OFFLINE:
        return None
    try:
        found = get_hf_file_metadata(hf_hub_url(model.repository, model.file), timeout=_REACH_S)
    except Exception as error:  # its HTTP library changes with its version: httpx, httpx2
        logger.info("the hub cannot be reached: %s", type(error).__name__)
        return None
    if not found.size:
        return None
    etag = found.etag or ""
    return OnHub(found.size, etag if len(etag) == 64 else "")


def fetch_from_hub(model: LocalModel, folder: Path, cancel: Event, report: Callable[[int], None]) -> Path:
    """The file under ``folder``.

    Raises:
        ModelError: it could not be fetched.
        Cancelled: by ``cancel``; what has come stays.
    """
    command = [sys.executable, "-c", _FETCH, model.repository, model.file, str(folder)]
    said = run(command, cancel, lambda: report(max(bytes_below(folder, ".incomplete"), default=0)))
    if said:
        raise ModelError(
            "cannot fetch {name}: {error}; check the name and the connection", name=model.name, error=said
        )
    return folder / model.file
