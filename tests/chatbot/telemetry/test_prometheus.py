"""Prometheus itself reads what ``secondlook serve`` shows, by the configuration that is shipped; Grafana is not here.

The queries of its dashboard are asked of that Prometheus. Skipped where it is not installed (apt-get install prometheus).
"""

from __future__ import annotations

import json
import math
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from chatbot.config import Config
from fakes.llm_server import FakeLLMServer
from fakes.served_process import PATIENCE_S, ServedProcess, served, wait_until, with_model
from paths import ROOT

pytestmark = pytest.mark.slow

SHIPPED = ROOT / "deploy" / "prometheus"
DASHBOARD = ROOT / "deploy" / "grafana" / "second-look.json"
BROKEN = "(the model is broken)"


def tool(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed (apt-get install prometheus)")
    return found


@dataclass(frozen=True, slots=True)
class Prometheus:
    client: httpx.Client

    def ask(self, path: str, **parameters: str) -> Any:
        """What it knows. Fails where it says that the question is wrong."""
        answer = self.client.get(f"/api/v1/{path}", params=parameters)
        assert answer.status_code == 200, f"{parameters}: {answer.text}"
        return answer.json()["data"]

    def values(self, query: str) -> list[float]:
        """Of each series, now; those that are numbers."""
        found = [float(row["value"][1]) for row in self.ask("query", query=query)["result"]]
        return [value for value in found if not math.isnan(value)]


@pytest.fixture
def server(sample_config: Config, fake_llm: FakeLLMServer, tmp_path: Path) -> Iterator[ServedProcess]:
    """Over a copy of the sample documents, to which one is added."""
    fake_llm.fault_of = lambda body: "close at once" if BROKEN in str(body) else None
    shutil.copytree(sample_config.store, tmp_path / "store")
    with served(tmp_path, tmp_path / "store", with_model(fake_llm.url)) as found:
        yield found


@contextmanager
def prometheus_of(server: ServedProcess, folder: Path) -> Iterator[Prometheus]:
    """One with the shipped configuration, but for the port that is asked, and once a second."""
    settings = yaml.safe_load((SHIPPED / "scrape.yaml").read_text("utf-8"))
    (job,) = settings["scrape_configs"]
    job["static_configs"] = [{"targets": [f"127.0.0.1:{server.port}"]}]
    job["scrape_interval"] = "1s"
    settings["global"] = {"evaluation_interval": "1s"}
    (folder / "prometheus.yml").write_text(yaml.safe_dump(settings), "utf-8")
    shutil.copy(SHIPPED / "alerts.yaml", folder)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = int(probe.getsockname()[1])
    with (folder / "prometheus.log").open("wb") as log:
        process = subprocess.Popen(
            [tool("prometheus"), "--config.file=prometheus.yml", f"--storage.tsdb.path={folder / 'tsdb'}",
             f"--web.listen-address=127.0.0.1:{port}"],
            cwd=folder, stdout=log, stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE_S) as client:
                wait_until(lambda: _is_ready(client, process), "Prometheus did not start")
                yield Prometheus(client)
        finally:
            process.terminate()
            process.wait(PATIENCE_S)


def _is_ready(client: httpx.Client, process: subprocess.Popen[bytes]) -> bool:
    assert process.poll() is None, "Prometheus has ended; see prometheus.log"
    try:
        return client.get("/-/ready").status_code == 200
    except httpx.TransportError:
        return False


def use(client: httpx.Client, number: int) -> None:
    """Questions of every fate, and a document."""
    for question in ("How many days of annual leave are there?", "Who won the chess olympiad of 1972?",
                     f"How many days of annual leave are there? {BROKEN}"):  # fmt: skip
        client.post("/api/ask", json={"question": question})
    client.post("/api/search", json={"question": "How often is the filter changed?"})
    file = ("files", (f"room-{number}.txt", b"The room is locked at nine."))
    assert client.post("/api/documents", files=[file], params={"wait": 60}).status_code == 200


def queries() -> Iterator[tuple[str, str]]:
    """Those of the dashboard as Grafana sends them, with "All" chosen; the panel, and what is asked."""
    for panel in json.loads(DASHBOARD.read_text("utf-8"))["panels"]:
        for target in panel["targets"]:
            asked = target["expr"].replace("$__rate_interval", "2m")  # four times 30 s
            yield panel["title"], asked.replace("$job", ".*").replace("$instance", ".*")


def test_promtool_finds_nothing_wrong_with_what_is_shipped() -> None:
    for kind, file in (("config", "scrape.yaml"), ("rules", "alerts.yaml")):
        done = subprocess.run(
            [tool("promtool"), "check", kind, SHIPPED / file], capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_prometheus_reads_the_metrics_and_every_panel_of_the_dashboard_has_an_answer(
    server: ServedProcess, tmp_path: Path
) -> None:
    with httpx.Client(base_url=server.address, timeout=PATIENCE_S) as client, prometheus_of(server, tmp_path) as prometheus:  # fmt: skip
        wait_until(lambda: prometheus.values('up{job="second-look"}') == [1.0], "the server is not scraped")
        total = 'sum(secondlook_questions_total{kind="ask"})'
        for number in range(2):  # a mean of stages needs two looks at them
            use(client, number)
            wait_until(
                lambda n=number: prometheus.values(total) == [3.0 * (n + 1)], "questions do not arrive"
            )  # type: ignore[misc]
        text = client.get("/metrics").content
        checked = subprocess.run([tool("promtool"), "check", "metrics"], input=text, capture_output=True)
        assert checked.returncode == 0, checked.stdout + checked.stderr
        for panel, query in queries():
            assert prometheus.values(query), f"{panel}: nothing for {query}"
        first = 'sum(increase(secondlook_refusals_total{reason="improbable"}[5m]))'
        assert prometheus.values(first)[0] >= 1.5, "the first refusal does not count"
        assert prometheus.ask("label/job/values", **{"match[]": "secondlook_active_streams"}) == [
            "second-look"
        ]
        _alerts_are_in_force(prometheus)


def _alerts_are_in_force(prometheus: Prometheus) -> None:
    def rules() -> list[dict[str, Any]]:
        return [rule for group in prometheus.ask("rules")["groups"] for rule in group["rules"]]

    wait_until(lambda: all(rule["health"] != "unknown" for rule in rules()), "the alerts are not evaluated")
    assert len(rules()) == 8
    assert {rule["health"] for rule in rules()} == {"ok"}
