"""Web pages by their address: fetched once, read again when they changed, nothing from inside this network."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpcore
import pytest
from llama_index.core.embeddings import MockEmbedding

from chatbot.config import Config
from chatbot.errors import DocumentRefused
from chatbot.retrieval.embeddings import store_identity
from chatbot.store import open_store
from fakes.web_server import Page, WebServer
from ingest.pipeline import run
from ingest.report import IngestReport
from ingest.web import fetch as fetching
from ingest.web.again import read_again
from ingest.web.fetch import fetch, is_address, is_public
from ingest.web.pages import ingest_pages, uri_of

HTML = "<!doctype html><html><head><title>Rules</title></head><body><h1>Rules</h1><p>{}</p></body></html>"
EMBEDDING = MockEmbedding(embed_dim=4)


@pytest.fixture
def server() -> Iterator[WebServer]:
    with WebServer() as running:
        yield running


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config().with_(store=tmp_path / "store", web={"allow_private": True})


def ingested(config: Config, *addresses: str) -> IngestReport:
    return ingest_pages(config, addresses, embedding=EMBEDDING)


def stored(config: Config) -> dict[str, str]:
    with closing(open_store(config, store_identity(config))) as store, store.reading() as view:
        return {row.uri: view.document_text(row.uri) for row in view.documents()}


def test_a_page_is_indexed_under_its_address_and_read_again_only_when_it_changed(
    server: WebServer, config: Config
) -> None:
    address = f"{server.url}/rules/visitors"
    server.pages["/rules/visitors"] = Page(
        HTML.format("방문자는 접수처에서 등록합니다.").encode(), etag='"1"'
    )
    report = ingested(config, address)
    (uri,) = [result.path for result in report.indexed]
    assert uri == f"web/{server.url.removeprefix('http://')}/rules/visitors"
    assert "방문자는 접수처에서 등록합니다." in stored(config)[uri]
    with closing(open_store(config, store_identity(config))) as store, store.reading() as view:
        row = view.document(uri)
        assert row is not None
        assert (row.address, json.loads(row.validators)["etag"]) == (address, '"1"')

    again = ingested(config, address)
    assert [r.path for r in again.unchanged] == [uri]
    assert server.requests[-1][1]["if-none-match"] == '"1"'

    server.pages["/rules/visitors"] = Page(HTML.format("이제 앱으로 등록합니다.").encode(), etag='"2"')
    assert [r.path for r in ingested(config, address).indexed] == [uri]
    assert "앱으로" in stored(config)[uri]


def test_the_same_content_without_an_etag_is_unchanged(server: WebServer, config: Config) -> None:
    server.pages["/a"] = Page(HTML.format("The same.").encode())
    ingested(config, f"{server.url}/a")
    assert len(ingested(config, f"{server.url}/a").unchanged) == 1


def test_pages_stay_when_a_folder_is_ingested_and_when_they_cannot_be_fetched(
    server: WebServer, config: Config, tmp_path: Path
) -> None:
    server.pages["/a"] = Page(HTML.format("Kept.").encode())
    ingested(config, f"{server.url}/a")
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "b.txt").write_text("A file.", "utf-8")
    run(config, [tmp_path / "docs"], embedding=EMBEDDING)
    server.pages["/a"] = Page(b"gone", status=410)
    report = ingested(config, f"{server.url}/a")
    assert "status 410" in report.refused[0].reason
    assert re.search(r"Its text of \d{4}-\d\d-\d\d stays\.$", report.refused[0].reason)
    assert set(stored(config)) == {uri_of(f"{server.url}/a"), "docs/b.txt"}


def test_a_page_that_is_read_again_is_fetched_again(server: WebServer, config: Config) -> None:
    address = f"{server.url}/a"
    uri = uri_of(address)
    server.pages["/a"] = Page(HTML.format("The first text.").encode(), etag='"1"')
    ingested(config, address)
    again = read_again(config, [uri], embedding=EMBEDDING)
    assert ([r.path for r in again.unchanged], again.indexed) == ([uri], [])
    assert server.requests[-1][1]["if-none-match"] == '"1"'

    server.pages["/a"] = Page(HTML.format("The second text.").encode(), etag='"2"')
    assert [r.path for r in read_again(config, [uri], embedding=EMBEDDING).indexed] == [uri]
    assert "The second text." in stored(config)[uri]

    for page in (Page(b"gone", status=404), Page(status=302, headers={"Location": "file:///etc/hostname"})):
        server.pages["/a"] = page
        (refused,) = read_again(config, [uri], embedding=EMBEDDING).refused
        assert re.search(r"(status 404|http or https).* Its text of \d{4}-\d\d-\d\d stays\.$", refused.reason)
        assert "The second text." in stored(config)[uri]


def test_a_page_whose_address_is_no_longer_allowed_is_not_fetched_and_keeps_its_text(
    server: WebServer, config: Config
) -> None:
    server.pages["/a"] = Page(HTML.format("Kept.").encode())
    ingested(config, f"{server.url}/a")
    asked = len(server.requests)
    uri = uri_of(f"{server.url}/a")
    (refused,) = read_again(config.with_(web={"allow_private": False}), [uri], embedding=EMBEDDING).refused
    assert "inside this network" in refused.reason
    assert len(server.requests) == asked
    assert "Kept." in stored(config)[uri]


def test_pages_and_files_are_read_again_in_one_run(server: WebServer, config: Config, tmp_path: Path) -> None:
    server.pages["/a"] = Page(HTML.format("A page.").encode(), etag='"1"')
    ingested(config, f"{server.url}/a")
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "b.txt").write_text("A file.", "utf-8")
    run(config, [tmp_path / "docs"], embedding=EMBEDDING)
    report = read_again(config, list(stored(config)), embedding=EMBEDDING)
    assert [r.path for r in report.indexed] == ["docs/b.txt"]
    assert [r.path for r in report.unchanged] == [uri_of(f"{server.url}/a")]


def test_what_the_server_says_of_the_character_set_counts(server: WebServer, config: Config) -> None:
    server.pages["/k"] = Page("<p>가나다라 안내문</p>".encode("euc-kr"), kind="text/html; charset=euc-kr")
    ingested(config, f"{server.url}/k")
    assert stored(config)[uri_of(f"{server.url}/k")] == "가나다라 안내문"


def test_addresses_in_korean_are_asked_for_and_shown_in_korean(server: WebServer, config: Config) -> None:
    server.pages["/%EA%B0%80?%EB%82%98=1"] = Page(HTML.format("Here.").encode())
    ingested(config, f"{server.url}/가?나=1")
    (uri,) = stored(config)
    assert uri.endswith("/가?나=1")


def test_redirects_are_followed_five_times_and_looked_at_each_time(
    server: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.pages["/old"] = Page(status=301, headers={"Location": "/new"})
    server.pages["/new"] = Page(b"<p>Moved here.</p>")
    server.pages["/round"] = Page(status=302, headers={"Location": "/round"})
    server.pages["/file"] = Page(status=302, headers={"Location": "file:///etc/hostname"})
    server.pages["/inside"] = Page(status=302, headers={"Location": "http://[::1]:9/x"})
    assert fetch(f"{server.url}/old", allow_private=True).content == b"<p>Moved here.</p>"
    with pytest.raises(DocumentRefused, match="without end"):
        fetch(f"{server.url}/round", allow_private=True)
    with pytest.raises(DocumentRefused, match="http or https"):
        fetch(f"{server.url}/file", allow_private=True)
    # the first place counts as public here, the one it leads to does not
    monkeypatch.setattr(fetching, "is_public", lambda place: place == "127.0.0.1")
    with pytest.raises(DocumentRefused, match="inside this network"):
        fetch(f"{server.url}/inside")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "0.0.0.0", "2130706433", "[::ffff:127.0.0.1]"])  # fmt: skip
def test_nothing_is_fetched_from_inside_this_network(server: WebServer, host: str) -> None:
    server.pages["/secret"] = Page(b"<p>secret</p>")
    port = server.url.rpartition(":")[2]
    with pytest.raises(DocumentRefused, match="inside this network"):
        fetch(f"http://{host}:{port}/secret")
    assert server.requests == []


@pytest.mark.parametrize(
    ("place", "public"),
    [
        ("10.1.2.3", False), ("172.16.0.1", False), ("192.168.1.1", False), ("169.254.169.254", False),
        ("100.64.0.1", False), ("224.0.0.1", False), ("::1", False), ("fe80::1%eth0", False), ("fd00::1", False),
        ("::ffff:10.0.0.1", False), ("64:ff9b::a00:1", False), ("2002:a00:1::", False), ("0.0.0.0", False),
        ("93.184.216.34", True), ("2606:2800:220:1::1", True), ("::ffff:93.184.216.34", True),
    ],
)  # fmt: skip
def test_public_addresses_are_told_from_others(place: str, public: bool) -> None:
    assert is_public(place) is public


def test_a_name_that_resolves_to_another_place_the_second_time_is_not_followed(
    server: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connection goes to the address that was looked at: a name is resolved once."""
    answers = iter(["93.184.216.34", "127.0.0.1"])
    asked: list[str] = []

    def resolve(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        return [(2, 1, 6, "", (next(answers), port))]

    def connect(self: object, host: str, *_: object) -> object:
        asked.append(host)
        raise httpcore.ConnectError("no route")

    monkeypatch.setattr(fetching.socket, "getaddrinfo", resolve)
    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", connect)
    with pytest.raises(DocumentRefused, match="cannot be reached"):
        fetch("http://rebinding.example/secret")
    assert asked == ["93.184.216.34"]


def test_too_much_is_refused(server: WebServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "MAX_BYTES", 1000)
    server.pages["/large"] = Page(b"x" * 2000)
    with pytest.raises(DocumentRefused, match="sends more than"):
        fetch(f"{server.url}/large", allow_private=True)


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("ftp://example.org/a", "http or https"),
        ("http:///a", "http or https"),
        ("http://user:word@example.org/", "name or password"),
        ("http://example.org/a b", "holds a space"),
    ],
)
def test_an_address_that_is_none_is_said_to_be(address: str, reason: str) -> None:
    with pytest.raises(DocumentRefused, match=reason):
        fetch(address)


def test_addresses_are_told_from_paths() -> None:
    assert is_address("HTTPS://example.org")
    assert not is_address("http/notes.txt")
