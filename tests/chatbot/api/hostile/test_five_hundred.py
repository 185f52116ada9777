"""Five hundred hostile requests: none is a server error, nothing stays, and the next client is answered as before."""

from __future__ import annotations

import gc
import os
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from chatbot.api.app import create_app
from chatbot.api.service import Service
from chatbot.notebooks import ALONE, ApiKeys
from fakes.api_client import server_of
from fakes.hostile_requests import HostileRequest, requests, sent
from fakes.llm_server import FakeLLMServer

_PAGE = os.sysconf("SC_PAGE_SIZE")
_MOST_MB = 40  # that memory may grow by in a second round of the same requests


@pytest.fixture
def keyed(service: Service) -> Iterator[tuple[Service, str]]:
    """The interface with a key, as somebody has it who may do everything."""
    keys = ApiKeys(service.library)
    token, key = keys.make("hostile", ALONE)
    service.keys = keys
    yield service, token
    keys.revoke(key.id, ALONE)


def paths_of(service: Service) -> list[str]:
    return [*create_app(service).openapi()["paths"], "/nothing/{id}", "/metrics", "/mcp"]


def resident_mb() -> float:
    gc.collect()
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * _PAGE / 1e6


def attacked(address: str, attack: list[HostileRequest]) -> tuple[list[str], Counter[int | None]]:
    """What went wrong, a status of 500 and above, or no end within a minute; and how often each status came."""
    host = urlsplit(address)
    target = (str(host.hostname), int(host.port or 0))
    wrong, statuses = [], Counter[int | None]()
    for request in attack:
        try:
            status = sent(target, request)
        except TimeoutError:
            status = 599
        statuses[status] += 1
        if status is not None and status >= 500:
            wrong.append(f"{status}: {request}")
    return wrong, statuses


def test_five_hundred_hostile_requests_break_nothing_and_leave_nothing(
    keyed: tuple[Service, str], fake_llm: FakeLLMServer
) -> None:
    service, token = keyed
    with server_of(service) as address:
        answered = {"Authorization": f"Bearer {token}"}
        before = httpx.get(f"{address}/v1/models", headers=answered).json()
        attack = list(requests(paths_of(service), token))
        assert len(attack) == 500
        wrong, statuses = attacked(address, attack)
        assert wrong == []
        assert statuses.keys() >= {
            200,
            400,
            401,
            404,
            405,
            415,
            None,
        }  # it is no attack that stops at the door
        memory, threads = resident_mb(), threading.active_count()
        assert attacked(address, attack)[0] == []
        assert fake_llm.wait_for(0)  # whoever left stopped the language model
        assert httpx.get(f"{address}/v1/models", headers=answered).json() == before
        assert httpx.get(f"{address}/healthz").status_code == 200
        assert service.is_idle()
        assert threading.active_count() <= threads + 2
        assert resident_mb() - memory < _MOST_MB
