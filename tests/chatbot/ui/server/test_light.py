"""The page's own files, as a running server sends them: compressed once."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
import streamlit

from fakes.page_server import PageServer

STATIC = Path(str(streamlit.__file__)).parent / "static" / "static"
GZIP = {"Accept-Encoding": "gzip"}


def test_a_script_comes_compressed_to_who_takes_it_and_as_it_is_to_others(page_server: PageServer) -> None:
    script = next(STATIC.glob("js/index.*.js"))
    path = f"/static/js/{script.name}"
    light = page_server.ask(path, headers=GZIP)
    assert light.headers["content-encoding"] == "gzip"
    assert light.headers["content-type"].startswith("text/javascript")
    assert light.headers["x-content-type-options"] == "nosniff", "as every answer"
    assert gzip.decompress(light.body) == script.read_bytes()
    assert len(light.body) < script.stat().st_size / 2
    plain = page_server.ask(path)
    assert "content-encoding" not in plain.headers
    assert plain.body == script.read_bytes()


@pytest.mark.parametrize(
    "path", ["/static/../index.html", "/static/js/../../../__init__.py", "/static/js/none.js"]
)
def test_nothing_but_the_frameworks_scripts_is_compressed(page_server: PageServer, path: str) -> None:
    answer = page_server.ask(path, headers=GZIP)
    assert b"import" not in answer.body[:2000]
    assert not answer.headers.get("content-type", "").startswith("text/javascript") or answer.status == 404
