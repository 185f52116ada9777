"""How many pages may be open, and that strangers who open many shut out nobody who has signed in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from websockets.exceptions import ConnectionClosed, InvalidStatus

from chatbot.rendering.words import Say
from chatbot.ui.server.visits import (
    MOST_MESSAGES,
    MOST_OF_A_PERSON,
    MOST_OF_AN_ADDRESS,
    MOST_OF_STRANGERS,
    Pace,
    Visits,
)
from fakes.page_server import PageServer, running


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PageServer]:
    """One where people have to sign in."""
    with running(tmp_path_factory.mktemp("visits"), sign_in=True) as found:
        yield found


def test_strangers_who_open_all_pages_that_they_may_shut_out_nobody_who_signed_in(server: PageServer) -> None:
    with ExitStack() as opened:
        for _ in range(MOST_OF_AN_ADDRESS):
            opened.enter_context(server.visit())
        with pytest.raises(InvalidStatus) as refused, server.visit():
            pass
        assert refused.value.response.status_code == 403
        answer = server.ask("/", headers={"Accept-Language": "en"})
        assert (answer.status, answer.body.decode().strip()) == (503, Say("en")("refused_crowd"))
        assert Say("ko")("refused_crowd") in server.ask("/", headers={"Accept-Language": "ko"}).body.decode()
        assert server.ask("/_stcore/health").status == 200
        assert server.ask("/auth/login").status != 503  # somebody who is on the way in
        assert server.ask("/", person="alice").status == 200
        with server.visit("alice") as alice:
            alice.draw()
            assert server.upload(alice.session_id, b"mine", "alice") == 204
    assert comes_in(server)


def comes_in(server: PageServer) -> bool:
    """Once the server has seen that the others are gone."""
    for _ in range(100):
        try:
            with server.visit() as visit:
                return "Sign in" in visit.draw()
        except InvalidStatus:
            continue
    return False


def test_what_strangers_leave_behind_pushes_out_no_session_of_a_person(server: PageServer) -> None:
    with server.visit("bob") as bob:
        bob.draw()
        session = bob.session_id
    for _ in range(140):  # Streamlit keeps 128 sessions that may come back
        with server.visit():
            pass
    with server.visit("bob", resume=session) as again:
        again.draw()
        assert again.session_id == session


def test_a_stranger_who_sends_without_end_is_cut_off(server: PageServer) -> None:
    message = BackMsg()
    message.rerun_script.query_string = ""
    sent = message.SerializeToString()
    with server.visit() as stranger, pytest.raises(ConnectionClosed):
        for _ in range(MOST_MESSAGES + 1):
            stranger.socket.send(sent)
        while True:
            stranger.socket.recv(timeout=30)
    with server.visit("carol") as carol:
        for _ in range(MOST_MESSAGES + 1):
            carol.socket.send(sent)
        carol.draw()


def test_each_address_and_all_together_have_room_for_so_many_strangers() -> None:
    visits = Visits()
    with ExitStack() as opened:
        for number in range(MOST_OF_STRANGERS):
            address = f"10.0.0.{number // MOST_OF_AN_ADDRESS}"
            assert visits.has_room(None, address)
            opened.enter_context(visits.one_more(None, address, must_sign_in=False))
        assert not visits.has_room(None, "10.0.0.0")
        assert not visits.has_room(None, "10.0.0.99")
        assert visits.has_room(("issuer", "alice"), "10.0.0.0")
    assert visits.has_room(None, "10.0.0.0")


def test_a_person_has_room_for_so_many_pages_which_are_no_others() -> None:
    visits, alice, bob = Visits(), ("issuer", "alice"), ("issuer", "bob")
    with ExitStack() as opened:
        for number in range(MOST_OF_A_PERSON):
            opened.enter_context(visits.one_more(alice, f"10.0.0.{number}", must_sign_in=True))
        assert not visits.has_room(alice, "10.0.0.200")
        assert visits.has_room(bob, "10.0.0.1")
        assert visits.has_room(None, "10.0.0.1")


def test_a_pace_begins_anew() -> None:
    pace = Pace(2)
    assert [pace.allows_one_more() for _ in range(3)] == [True, True, False]
    pace._since -= 61  # a minute later
    assert pace.allows_one_more()


@pytest.mark.slow
def test_without_sign_in_a_page_can_be_come_back_to(page_server: PageServer) -> None:
    with page_server.visit() as visit:
        visit.draw()
        session = visit.session_id
    with page_server.visit(resume=session) as again:
        again.draw()
        assert again.session_id == session
