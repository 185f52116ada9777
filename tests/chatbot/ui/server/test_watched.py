"""The page's server where telemetry is configured: metrics beside the page, logs as JSON, and nothing that leaves."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fakes.page_server import running
from fakes.traced import attempts, tracer

CONFIG = "[telemetry]\nlogs = 'json'\nmetrics = true\nslow_question_s = 5\n"


def _own_configuration(folder: Path, text: str) -> dict[str, str]:
    """The owner's own file; the variable that leads to it."""
    file = folder / "config" / "secondlook" / "secondlook.toml"
    file.parent.mkdir(parents=True)
    file.write_text(text, "utf-8")
    return {"XDG_CONFIG_HOME": str(folder / "config")}


@pytest.mark.slow
def test_metrics_stand_beside_the_page_for_this_machine_and_logs_are_json(tmp_path: Path) -> None:
    log = tmp_path / "calls"
    environment = _own_configuration(tmp_path, CONFIG)
    with running(tmp_path, environment=environment, prefix=tracer(log)) as server:
        with server.visit() as visit:
            assert "Second Look" in visit.draw()
        found = server.ask("/metrics")
        assert found.status == 200
        assert b"secondlook_active_streams 0.0" in found.body
        assert server.ask("/metrics", headers={"X-Forwarded-For": "192.0.2.1"}).status == 403
        assert server.ask("/metrics", headers={"Host": "evil.example"}).status == 403
        assert server.ask("/", headers={"Host": "evil.example"}).status == 421  # which is logged
    assert attempts(log) == []
    lines = [json.loads(line) for line in server.log]
    assert any(line["event"].startswith("refused a request for another host") for line in lines)


def test_without_it_there_are_no_metrics(tmp_path: Path) -> None:
    with running(tmp_path) as server:
        assert b"secondlook_" not in server.ask("/metrics").body


def test_a_page_that_cannot_do_what_is_configured_does_not_start(tmp_path: Path) -> None:
    environment = _own_configuration(tmp_path, CONFIG) | {"SECONDLOOK_METRICS_TOKEN": "short"}
    with (
        pytest.raises(AssertionError, match="shorter than 16 characters"),
        running(tmp_path, environment=environment),
    ):
        pass
