"""Loading weights without a library's progress bars on the terminal, and with errors that say what to do."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from chatbot.errors import ModelError
from chatbot.models.folders import ModelFolder


@contextmanager
def quiet_loading(folder: ModelFolder) -> Iterator[None]:
    """Silence transformers' load reports; turn its failures into ``ModelError``."""
    _keep_to_thread_limit()
    from transformers import utils

    logging: Any = utils.logging  # not annotated upstream
    level, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise ModelError(
            "cannot load {name} from {folder}: {error}", name=folder.name, folder=folder.path, error=error
        ) from error
    finally:
        logging.set_verbosity(level)
        if bars:
            logging.enable_progress_bar()


def _keep_to_thread_limit() -> None:
    """Use no more threads than ``OMP_THREAD_LIMIT`` lets OpenMP start.

    Where torch 2.13 asks for two and gets one, its bfloat16 products are wrong without an error: the cosine of a
    question and its answer fell from .92 to .78.
    """
    import torch

    limit = os.environ.get("OMP_THREAD_LIMIT", "")
    if limit.isdigit() and 0 < int(limit) < torch.get_num_threads():
        torch.set_num_threads(int(limit))
