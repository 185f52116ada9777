"""Indexes as earlier versions of this program made them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from chatbot.text.keywords import ANALYSIS_VERSION
from paths import TESTS


@contextmanager
def made_then(folder: Path, version: int, tools: Any) -> Iterator[sqlite3.Connection]:
    """An index with the tables of ``version``, to be filled."""
    with closing(sqlite3.connect(folder / "rag.db")) as then:
        then.executescript((TESTS / "data" / f"index-schema-{version}.sql").read_text("utf-8"))
        meta = {
            "schema": str(version), "analysis": ANALYSIS_VERSION, "sequence": "1",
            "dimension": str(tools.dimension), "identity": json.dumps(asdict(tools.identity)),
        }  # fmt: skip
        then.executemany("INSERT INTO meta VALUES (?, ?)", meta.items())
        yield then
        then.commit()
