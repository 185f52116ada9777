"""Which names are this page's, as a request says them."""

from __future__ import annotations

import pytest

from chatbot.config.addresses import Names, host_name, is_from_another_page

OWN = "127.0.0.1"


@pytest.mark.parametrize(
    ("host", "accepted"),
    [
        ("127.0.0.1:8501", True),
        ("localhost", True),
        ("LOCALHOST.:8501", True),
        ("[::1]:8501", True),
        ("docs.example:443", True),
        ("a.team.example", True),
        ("team.example", False),
        ("evil.example", False),
        ("127.0.0.1.evil.example", False),
        ("localhost.evil.example", False),
        ("evildocs.example", False),
        ("127.0.0.1@evil.example", False),
        ("evil.example#127.0.0.1", False),
        ("127.0.0.1:port", False),
        ("127.0.0.1:99999", False),
        ("0.0.0.0:8501", False),
        ("", False),
        ("[", False),
    ],
)
def test_only_names_of_this_page_are_its_own(host: str, accepted: bool) -> None:
    assert Names.of(["docs.example", "*.team.example", "*"]).accept(host, OWN) is accepted


def test_the_address_at_which_somebody_arrived_is_no_name_that_could_be_rebound() -> None:
    names = Names.of(())
    assert names.accept("192.168.1.5:8501", "192.168.1.5")
    assert not names.accept("192.168.1.6:8501", "192.168.1.5")
    assert names.accept("[fe80::1]:8501", "fe80::1")


@pytest.mark.parametrize(
    ("origin", "host", "accepted"),
    [
        ("http://127.0.0.1:8501", "127.0.0.1:8501", True),
        ("https://docs.example", "127.0.0.1:8501", True),  # the web server in front changed the host
        ("http://localhost:9", "127.0.0.1:8501", False),
        ("http://127.0.0.1:9", "127.0.0.1:8501", False),
        ("http://0.0.0.0:8501", "127.0.0.1:8501", False),
        ("null", "127.0.0.1:8501", False),
        ("file://", "", False),
        ("https://share.streamlit.app", "127.0.0.1:8501", False),
        ("https://docs.example.evil.example", "127.0.0.1:8501", False),
        ("https://docs.example@evil.example", "127.0.0.1:8501", False),
    ],
)
def test_only_pages_of_this_host_and_port_or_of_a_public_name_may_ask(
    origin: str, host: str, accepted: bool
) -> None:
    assert Names.of(["docs.example"]).accept_origin(origin, host) is accepted


def test_a_link_is_followed_and_an_embedded_request_is_not() -> None:
    link = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
    assert not is_from_another_page(link)
    assert not is_from_another_page({})
    assert is_from_another_page({**link, "sec-fetch-dest": "iframe"})
    assert is_from_another_page({"sec-fetch-site": "same-site", "sec-fetch-mode": "no-cors"})


def test_a_host_with_more_than_a_name_and_a_port_is_none() -> None:
    assert host_name("a.example:80") == "a.example"
    assert host_name("a.example/path") == host_name("user@a.example") == host_name("a.example?x") == ""
