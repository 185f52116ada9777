"""Each test leaves the process as it was: nobody watches, logs are as before."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from chatbot.telemetry.start import install


@pytest.fixture(autouse=True)
def _nobody_watches_afterwards() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    own = {name: logging.getLogger(name).level for name in ("chatbot", "ingest", "evaluation")}
    yield
    install(None)
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, before in own.items():
        logging.getLogger(name).setLevel(before)
    logging.captureWarnings(False)
