"""What a running server lets through, over real sockets."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import ConnectionClosed, InvalidStatus

from fakes.page_server import PageServer, running
from scripts.served_page import LAUNCHER

# a part of every answer, also of one that refuses
HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PageServer]:
    with running(tmp_path_factory.mktemp("guard"), "--host=docs.example") as found:
        yield found


def refused(server: PageServer, **asked: str) -> bool:
    try:
        with server.visit(**asked) as visit:
            visit.draw()
    except InvalidStatus as error:
        assert error.response.status_code == 403
        return True
    return False


def test_a_site_that_rebinds_its_name_to_this_machine_reads_nothing(server: PageServer) -> None:
    evil = f"evil.example:{server.port}"
    assert refused(server, host=evil, origin=f"http://{evil}")
    for path in ("/", "/_stcore/health", "/_stcore/host-config", "/media/x", "/static/js/index.js"):
        answer = server.ask(path, headers={"Host": evil})
        assert answer.status == 421
        assert b"secondlook app --host NAME" in answer.body


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example", "http://localhost:9", "http://127.0.0.1:9", "http://0.0.0.0:9", "null",
        "https://share.streamlit.app", "https://evil.streamlit.app",
    ],
)  # fmt: skip
def test_no_other_page_opens_the_websocket_or_reads_an_answer(server: PageServer, origin: str) -> None:
    assert refused(server, origin=origin)
    answer = server.ask("/_stcore/host-config", headers={"Origin": origin})
    assert answer.status == 403
    assert not [name for name in answer.headers if name.startswith("access-control")]


def test_the_own_page_a_program_and_a_page_of_the_public_name_are_let_in(server: PageServer) -> None:
    local = f"localhost:{server.port}"
    for asked in (
        {},
        {"origin": ""},
        {"host": local, "origin": f"http://{local}"},
        {"host": "docs.example", "origin": "https://docs.example"},
        {"origin": "https://docs.example"},
    ):
        with server.visit(**asked) as visit:
            assert "Second Look" in visit.draw()


def test_every_answer_says_what_the_browser_may_load_and_that_nobody_frames_it(server: PageServer) -> None:
    for path in ("/", "/documents", "/_stcore/health", "/nothing.js", "/media/none", "/_stcore/metrics"):
        answer = server.ask(path)
        assert HEADERS.items() <= answer.headers.items(), path
        policy = answer.headers["content-security-policy"]
        assert "frame-ancestors 'none'" in policy
        assert "default-src 'none'" in policy
        assert "unsafe-eval" not in policy
        assert "http:" not in policy
        assert "https:" not in policy


def test_what_the_page_does_not_ask_for_is_not_there(server: PageServer) -> None:
    for path in (
        "/_stcore/metrics", "/_stcore/script-health-check", "/_stcore/agent/openapi.json",
        "/_stcore/agent/interact", "/_stcore/agent/mcp", "/component/x/index.html", "/_stcore/", "/app/static/x",
    ):  # fmt: skip
        assert server.ask(path).status == 404, path
    for method in ("POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"):
        assert server.ask("/", method).status == 405, method
    assert server.ask("/_stcore/host-config").body.count(b'"allowedOrigins":[]') == 1


def test_text_and_noise_on_the_websocket_end_it_and_nothing_else(server: PageServer) -> None:
    for frame in ("text", b"\xff\xff noise", b"x" * (3 * 2**20)):
        with server.visit() as visit:
            visit.draw()
            visit.socket.send(frame)
            with pytest.raises(ConnectionClosed):
                while True:
                    visit.socket.recv(timeout=30)
    with server.visit() as visit:
        assert "Second Look" in visit.draw()
    assert "Traceback" not in "".join(server.log)


@pytest.mark.parametrize(
    "kind", ["clear_cache", "load_git_info", "set_run_on_save", "debug_shutdown_runtime"]
)
def test_nobody_sends_what_is_for_who_develops_with_the_framework(kind: str, server: PageServer) -> None:
    """One of them empties the caches of everybody, one tells of the repository that the server was started in."""
    with server.visit() as visit:
        visit.draw()
        sent = BackMsg()
        setattr(sent, kind, True)
        visit.socket.send(sent.SerializeToString())
        sent.rerun_script.query_string = ""
        visit.socket.send(sent.SerializeToString())
        kinds = []
        while "script_finished" not in kinds:
            received = ForwardMsg()
            data = visit.socket.recv(timeout=60)
            assert isinstance(data, bytes)
            received.ParseFromString(data)
            kinds.append(received.WhichOneof("type"))
    assert "git_info_changed" not in kinds
    assert f"no notice of a message that no page of ours sends: {kind}" in "".join(server.log)


@pytest.mark.slow
def test_started_with_streamlit_itself_the_page_has_the_same_guard(tmp_path: Path) -> None:
    with running(tmp_path, command=LAUNCHER) as server:
        assert refused(server, origin="http://evil.example")
        assert server.ask("/", headers={"Host": "evil.example"}).status == 421
        with server.visit() as visit:
            assert "Second Look" in visit.draw()


@pytest.mark.slow
def test_a_folder_with_secrets_sets_no_variable_of_the_server(tmp_path: Path) -> None:
    (tmp_path / ".streamlit").mkdir()
    (tmp_path / ".streamlit" / "secrets.toml").write_text(
        'HTTPS_PROXY = "http://127.0.0.1:9"\nSSL_CERT_FILE = "/nowhere"\n', "utf-8"
    )
    (tmp_path / ".streamlit" / "config.toml").write_text(
        '[server]\nenableCORS = false\nallowedHosts = ["*"]\n[server.trustedUserHeaders]\nX-User = "sub"\n',
        "utf-8",
    )
    with running(tmp_path) as server:
        with server.visit() as visit:
            visit.draw()
        assert server.page.process is not None
        environment = Path(f"/proc/{server.page.process.pid}/environ")
        assert refused(server, origin="http://evil.example")
        assert server.ask("/", headers={"Host": "evil.example"}).status == 421
        assert b"SSL_CERT_FILE=/nowhere" not in environment.read_bytes()
