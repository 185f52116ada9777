"""What an index takes: in its folder, or in its schema of the database."""

from __future__ import annotations

import random
from typing import Any

from chatbot.config import Config
from chatbot.store import Store
from chatbot.store.engines import stored_bytes


def test_documents_and_kept_content_count(config: Config, store: Store, tools: Any) -> None:
    empty = store.stored_bytes()
    noise = random.Random(1).randbytes(3_000_000)
    store.files.put("0" * 64, noise)
    with_upload = store.stored_bytes()
    assert with_upload - empty >= len(noise)
    for number in range(60):
        tools.put(
            store, str(number), *(f"passage {place} of {number} {noise[:3000].hex()}" for place in range(3))
        )
    assert store.stored_bytes() > with_upload
    assert stored_bytes(config) == store.stored_bytes()


def test_an_index_that_is_not_there_takes_nothing(config: Config) -> None:
    assert stored_bytes(config) == 0
