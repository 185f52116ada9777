"""Loading weights without a library's progress bars on the terminal, and with errors that say what to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from chatbot.errors import ModelError
from chatbot.models import ModelFolder


@contextmanager
def quiet_loading(folder: ModelFolder) -> Iterator[None]:
    """Silence transformers' load reports; turn its failures into ``ModelError``."""
    from transformers import utils

    logging: Any = utils.logging  # not annotated upstream
    level, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise ModelError(f"cannot load {folder.name} from {folder.path}: {error}") from error
    finally:
        logging.set_verbosity(level)
        if bars:
            logging.enable_progress_bar()
