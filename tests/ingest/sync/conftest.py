from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from fakes.sync_index import Index


@pytest.fixture
def index(tmp_path: Path) -> Index:
    return Index(tmp_path / "store")


@pytest.fixture
def as_nobody(tmp_path: Path) -> Iterator[None]:
    """Permissions mean nothing to root: give them up for a while."""
    if os.geteuid() != 0:
        yield
        return
    opened = [
        p for p in [tmp_path, *tmp_path.parents] if p.stat().st_uid == 0 and p.stat().st_mode & 0o777 == 0o700
    ]
    for parent in opened:
        parent.chmod(0o755)
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)
        for parent in opened:
            parent.chmod(0o700)
