"""What deploy/ holds is what its tools accept, where they are installed, and keeps to what docs/deploy.md promises."""

from __future__ import annotations

import configparser
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from chatbot.cli.servers.page import HOST
from paths import ROOT

DEPLOY = ROOT / "deploy"
UNIT = DEPLOY / "secondlook.service"


def _tool(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


def _stages() -> list[list[str]]:
    """The instructions of the Containerfile, line by line, for each image that it builds."""
    text = re.sub(r"\\\n", " ", (DEPLOY / "Containerfile").read_text("utf-8"))
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    starts = [place for place, line in enumerate(lines) if line.startswith("FROM ")]
    return [lines[start:end] for start, end in zip(starts, [*starts[1:], len(lines)], strict=True)]


def test_the_container_runs_as_nobody_special_and_says_how_it_is() -> None:
    last = _stages()[-1]
    (user,) = [line.split()[1] for line in last if line.startswith("USER ")]
    assert int(user.split(":")[0]) > 1000
    assert last.index(f"USER {user}") > max(
        place for place, line in enumerate(last) if line.startswith("RUN ")
    )
    assert any(line.startswith("HEALTHCHECK ") and "/_stcore/health" in line for line in last)
    assert "VOLUME /var/lib/secondlook" in last
    assert not any(re.match(r"ADD |.*\b(curl|wget)\b", line) for stage in _stages() for line in stage)


def test_the_container_installs_what_was_locked_and_copies_what_is_shipped() -> None:
    build = _stages()[0]
    (install,) = [line for line in build if "--require-hashes" in line]
    for lock in ("torch", "run", "build"):
        assert f"requirements/{lock}.txt" in install
    copied = {
        source.rstrip("/") for line in build if line.startswith("COPY ") for source in line.split()[1:-1]
    }
    assert {
        "chatbot",
        "ingest",
        "evaluation",
        ".streamlit/config.toml",
        "LICENSE",
    } <= copied
    assert all((ROOT / source).exists() for source in copied)


def test_hadolint_finds_nothing() -> None:
    subprocess.run([_tool("hadolint"), DEPLOY / "Containerfile"], check=True)


def test_nothing_but_the_proxy_is_reached_from_outside() -> None:
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))["services"]
    for service in services.values():
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert "no-new-privileges:true" in service["security_opt"]
        assert not service.get("privileged")
    assert services["proxy"]["network_mode"] == "service:page"
    published = [port.split(":")[0] for port in services["page"]["ports"]]
    assert sorted(published) == ["443", "80"]
    assert HOST == "127.0.0.1"  # so that the page itself is not among them


def test_the_service_is_nobody_special_and_can_write_to_one_folder() -> None:
    unit = configparser.RawConfigParser(strict=False)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read(UNIT)
    service = dict(unit["Service"])
    assert service["User"] == "secondlook"
    assert service["ProtectSystem"] == "strict"
    assert service["NoNewPrivileges"] == "yes"
    assert service["CapabilityBoundingSet"] == ""
    assert service["StateDirectoryMode"] == "0700"
    assert service["UMask"] == "0077"
    assert "--host" in service["ExecStart"]


@pytest.mark.parametrize("unit", sorted(DEPLOY.glob("*.service")), ids=lambda unit: unit.name)
def test_systemd_accepts_the_units(unit: Path, tmp_path: Path) -> None:
    tool = _tool("systemd-analyze")
    text = unit.read_text("utf-8").replace("/opt/secondlook/.venv/bin/secondlook", "/bin/true")
    (tmp_path / unit.name).write_text(text, "utf-8")
    done = subprocess.run([tool, "verify", tmp_path / unit.name], capture_output=True, text=True, check=False)
    said = [line for line in done.stderr.splitlines() if str(tmp_path) in line or unit.name in line]
    assert said == []


def test_systemd_thinks_the_service_well_confined() -> None:
    """0 is the least that is exposed, 10 the most; 1.7 with systemd 252."""
    done = subprocess.run(
        [_tool("systemd-analyze"), "security", "--offline=true", "--no-pager", "--threshold=25", UNIT],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if "Unknown command verb" in done.stderr or "unrecognized option" in done.stderr:
        pytest.skip("this systemd cannot look at a file")
    assert done.returncode == 0, done.stdout[-500:]


def test_nginx_accepts_its_example(tmp_path: Path) -> None:
    nginx, openssl = _tool("nginx"), _tool("openssl")
    subprocess.run(
        [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", tmp_path / "key.pem", "-out",
         tmp_path / "fullchain.pem", "-days", "1", "-subj", "/CN=docs.example.org"],
        check=True, capture_output=True,
    )  # fmt: skip
    site = (DEPLOY / "nginx.conf").read_text("utf-8").replace("/etc/ssl/secondlook", str(tmp_path))
    (tmp_path / "site.conf").write_text(site)
    folders = "".join(
        f"{kind}_temp_path {kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (tmp_path / "nginx.conf").write_text(
        f"pid nginx.pid; error_log stderr; events {{}} http {{ access_log off; {folders} include site.conf; }}"
    )
    done = subprocess.run(
        [nginx, "-p", tmp_path, "-c", "nginx.conf", "-t"], capture_output=True, text=True, check=False
    )
    assert "test is successful" in done.stderr, done.stderr
    assert "[warn]" not in done.stderr


def test_caddy_accepts_its_example() -> None:
    done = subprocess.run(
        [_tool("caddy"), "validate", "--adapter", "caddyfile", "--config", DEPLOY / "Caddyfile"],
        capture_output=True, text=True, check=False, env=os.environ | {"SECONDLOOK_HOST": "docs.example.org"},
    )  # fmt: skip
    assert "Valid configuration" in done.stdout + done.stderr


@pytest.mark.parametrize("file", ["nginx.conf", "Caddyfile"])
def test_both_proxies_lead_to_the_page_and_take_an_upload(file: str) -> None:
    text = (DEPLOY / file).read_text("utf-8")
    assert "127.0.0.1:8501" in text
    limit = int(re.search(r"(?:max_size|client_max_body_size)\s+(\d+)", text)[1])  # type: ignore[index]
    served = int(re.search(r"maxUploadSize = (\d+)", (ROOT / ".streamlit/config.toml").read_text("utf-8"))[1])  # type: ignore[index]
    assert served < limit < 2 * served
