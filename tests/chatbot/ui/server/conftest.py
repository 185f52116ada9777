"""One server of the page for all tests here that only read what it sends to anybody."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from fakes.page_server import PageServer, running


@pytest.fixture(scope="package")
def page_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PageServer]:
    """On this machine alone, without sign-in and programs."""
    with running(tmp_path_factory.mktemp("page_server")) as found:
        yield found
