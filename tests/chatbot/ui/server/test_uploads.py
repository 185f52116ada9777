"""Who may send files to the server, and how much of them it takes."""

from __future__ import annotations

import socket
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from chatbot.ui.server.uploads import MOST_OF_A_SESSION
from fakes.page_server import XSRF, PageServer, running

NEARLY_THE_LARGEST = 99 * 2**20  # bytes; a file of 100 MB is refused by Streamlit itself


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PageServer]:
    """One where people have to sign in."""
    with running(tmp_path_factory.mktemp("people"), sign_in=True) as found:
        yield found


def announce(
    server: PageServer, session_id: str, person: str, size: int, header: str = "Expect: 100-continue"
) -> socket.socket:
    """A connection on which a file of ``size`` bytes is announced and its first bytes are sent."""
    cookies = "; ".join(f"{name}={value}" for name, value in server.cookies(person).items())
    opened = socket.create_connection(("127.0.0.1", server.port), timeout=30)
    opened.sendall(
        f"PUT /_stcore/upload_file/{session_id}/{uuid.uuid4()} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n"
        f"Content-Type: multipart/form-data; boundary=x\r\nX-Xsrftoken: {XSRF}\r\nCookie: {cookies}\r\n"
        f"{header}\r\n"
        f"Content-Length: {size}\r\n\r\n--x\r\n".encode()
    )
    return opened


def test_before_signing_in_no_byte_is_taken(server: PageServer) -> None:
    with server.visit() as visit:
        assert "Sign in" in visit.draw()
        assert server.upload(visit.session_id, b"x" * 1000) == 403
        with announce(server, visit.session_id, "", NEARLY_THE_LARGEST) as opened:
            assert opened.recv(100).startswith(b"HTTP/1.1 403")  # while the file is still to come


def test_a_refusal_is_read_whole_by_who_has_sent_the_whole_file(server: PageServer) -> None:
    """As a web server in front sends it: it closes afterwards, and reads what comes until the end."""
    file = b"x" * 300_000
    with server.visit("alice") as alice:
        alice.draw()
        for _ in range(50):
            with announce(server, alice.session_id, "bob", len(file) + 5, "Connection: close") as opened:
                opened.sendall(file)
                answer = b"".join(iter(lambda: opened.recv(2**16), b""))
            assert answer.startswith(b"HTTP/1.1 403")
            assert answer.endswith(b"Sign in and try again.\n")


def test_who_signed_in_sends_files_to_their_own_session_only(server: PageServer) -> None:
    with server.visit("alice") as alices, server.visit("bob") as bobs:
        alices.draw()
        bobs.draw()
        assert server.upload(alices.session_id, b"mine", "alice") == 204
        assert server.upload(alices.session_id, b"not mine", "bob") == 403
        assert server.upload(alices.session_id, b"nobody's") == 403
        assert server.upload(bobs.session_id, b"mine", "bob") == 204
        path = f"/_stcore/upload_file/{alices.session_id}/{uuid.uuid4()}"
        assert server.ask(path, "DELETE", {"X-Xsrftoken": XSRF}, person="bob").status == 403
        assert server.ask(path, "DELETE", {"X-Xsrftoken": XSRF}, person="alice").status == 204
    assert server.upload("no-such-session", b"x", "alice") == 403


def test_a_session_and_its_person_have_room_for_so_much_at_once(server: PageServer) -> None:
    with server.visit("carol") as first, server.visit("carol") as second, server.visit("dan") as other:
        for visit in (first, second, other):
            visit.draw()
        with ExitStack() as held:
            for number in range(MOST_OF_A_SESSION // NEARLY_THE_LARGEST):
                session = (first, second)[number % 2].session_id
                opened = held.enter_context(announce(server, session, "carol", NEARLY_THE_LARGEST))
                assert opened.recv(100).startswith(b"HTTP/1.1 100")  # it is waited for
            assert server.upload(first.session_id, b"x" * (8 * 2**20), "carol") == 413
            assert server.upload(second.session_id, b"x" * (8 * 2**20), "carol") == 413
            assert server.upload(other.session_id, b"x" * (8 * 2**20), "dan") == 204
        assert eventually_uploads(server, first.session_id, "carol")


def eventually_uploads(server: PageServer, session_id: str, person: str) -> bool:
    """Once the server has seen that the connections are gone."""
    return any(server.upload(session_id, b"x" * (8 * 2**20), person) == 204 for _ in range(100))


def test_a_file_of_unknown_size_is_not_begun(server: PageServer) -> None:
    with server.visit("erin") as visit:
        visit.draw()
        status = server.ask(
            f"/_stcore/upload_file/{visit.session_id}/{uuid.uuid4()}",
            "PUT",
            {"X-Xsrftoken": XSRF, "Transfer-Encoding": "chunked"},
            person="erin",
        ).status
    assert status == 411


@pytest.mark.slow
def test_without_sign_in_a_page_takes_files_of_its_own_sessions(tmp_path: Path) -> None:
    with running(tmp_path) as server, server.visit() as visit:
        visit.draw()
        assert server.upload(visit.session_id, b"mine") == 204
        assert server.upload(str(uuid.uuid4()), b"whose") == 403
        evil = {"Origin": "http://evil.example"}
        assert server.upload(visit.session_id, b"from elsewhere", headers=evil) == 403
