"""The wheel and the source archive, away from the checkout: built, installed, and used from an empty folder.

``make wheel-test``; with FRESH=yes everything that it needs is installed anew, by hash (a few minutes).
"""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import tarfile
import time
import tomllib
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

from installed import COMMAND_S, FRESH, Installed, add_extras, build, install
from paths import ROOT, TESTS

pytestmark = pytest.mark.slow

NOTE = "# Opening hours\n\nThe reading room is open on Saturdays from ten until four.\n\n열람실은 토요일에 열 시부터 네 시까지 엽니다.\n"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return build(tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="module")
def installed(built: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Installed:
    return install(built[1], tmp_path_factory.mktemp("installed"))


@pytest.fixture(scope="module")
def ingested(installed: Installed) -> Installed:
    """Something was read in the empty folder."""
    (installed.folder / "notes").mkdir()
    (installed.folder / "notes" / "hours.md").write_text(NOTE, "utf-8")
    assert "1 indexed" in installed.secondlook("ingest", "notes")
    return installed


@pytest.fixture(scope="module")
def with_extras(ingested: Installed) -> Installed:
    """The same with all extras, from here on: tests of what lacks them stand above."""
    add_extras(ingested)
    return ingested


def test_the_wheel_holds_the_packages_and_nothing_beside_them(built: tuple[Path, Path]) -> None:
    with zipfile.ZipFile(built[1]) as wheel:
        names = wheel.namelist()
    assert {name.partition("/")[0] for name in names} == {
        "chatbot", "ingest", "evaluation", f"secondlook-{_version()}.dist-info",
    }  # fmt: skip
    for package in ("chatbot", "ingest", "evaluation"):
        files = {
            file.relative_to(ROOT).as_posix()
            for file in (ROOT / package).rglob("*")
            if file.is_file() and "__pycache__" not in file.parts
        }
        assert f"{package}/py.typed" in files
        assert files <= set(names)


def test_the_source_archive_holds_what_builds_checks_and_explains_it(built: tuple[Path, Path]) -> None:
    with tarfile.open(built[0]) as archive:
        tops = {name.split("/")[1] for name in archive.getnames() if "/" in name}
    assert {"chatbot", "tests", "docs", "data", "requirements", "Makefile", "CHANGELOG.md", "LICENSE"} <= tops
    assert not tops & {".git", ".venv", "shared", "dist"}


def test_it_is_found_where_it_was_installed_and_says_its_version(installed: Installed) -> None:
    place = installed.run(
        installed.python, "-c", "import chatbot; print(chatbot.__file__, chatbot.__version__)"
    )
    assert place.startswith(str(installed.environment))
    assert place.endswith(f" {_version()}\n")
    assert installed.secondlook("--version") == f"secondlook {_version()}\n"
    assert "Usage" in installed.run(installed.python, "-m", "chatbot", "--help")
    # what its metadata asks for is there, in a version that fits
    said = subprocess.run(
        [sys.executable, "-m", "pip", "--python", installed.python, "check"],
        env=installed.variables, capture_output=True, text=True, timeout=COMMAND_S,
    ).stdout  # fmt: skip
    assert "secondlook " not in said, said


def test_it_answers_from_what_it_read(ingested: Installed) -> None:
    answer = json.loads(ingested.secondlook("ask", "When is the reading room open?", "--json"))
    assert "ten until four" in answer["answer"]
    assert {found["document"] for found in answer["candidates"] if found["cited"]} == {"notes/hours.md"}
    assert "ok" in ingested.secondlook("doctor")


def test_the_page_opens_with_its_own_colours(ingested: Installed) -> None:
    with _served(ingested, "app", "--no-browser") as port, _first_answer(port) as theme:
        colours = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))["theme"]
        for name in ("light", "dark"):
            assert getattr(theme, name).primary_color == colours[name]["primaryColor"]


@pytest.mark.skipif(not FRESH, reason="the packages of the tests have all extras")
@pytest.mark.parametrize(("command", "extra"), [("serve", "api"), ("mcp", "mcp")])
def test_a_command_of_an_extra_names_it_where_it_is_missing(
    command: str, extra: str, installed: Installed
) -> None:
    done = subprocess.run(
        installed.command(command), cwd=installed.folder, env=installed.variables,
        capture_output=True, text=True, timeout=COMMAND_S,
    )  # fmt: skip
    assert done.returncode == 1
    assert f"pip install 'secondlook[{extra}]'" in done.stderr


def test_programs_are_answered(with_extras: Installed) -> None:
    with _served(with_extras, "serve") as port:
        _until(lambda: _asked(port, "/readyz") == 200)  # 503 while the models load
        assert _asked(port, "/v1/models") == 200


def test_an_assistant_is_greeted(with_extras: Installed) -> None:
    client = {"name": "test", "version": "1"}
    hello = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": client}
    line = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello})
    process = subprocess.Popen(
        with_extras.command("mcp"), cwd=with_extras.folder, env=with_extras.variables,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    with process, process.stdin:
        process.stdin.write(f"{line}\n")
        process.stdin.flush()
        answer = json.loads(process.stdout.readline())
    assert answer["id"] == 1
    assert "[" in answer["result"]["instructions"]


def test_a_typed_program_over_the_public_names_passes_strict_checks(installed: Installed) -> None:
    program = installed.folder / "typed_program.py"
    shutil.copy(TESTS / "typed_program.py", program)
    checked = subprocess.run(
        [
            sys.executable, "-m", "mypy", "--strict", "--python-executable", installed.python, program.name,
            "--cache-dir", installed.home / "mypy",
        ],
        cwd=installed.folder, env=installed.variables, capture_output=True, text=True, timeout=2 * COMMAND_S,
    )  # fmt: skip
    assert checked.returncode == 0, checked.stdout + checked.stderr


def _version() -> str:
    version: str = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    return version


@contextmanager
def _served(installed: Installed, command: str, *options: str) -> Iterator[int]:
    """The port at which ``secondlook COMMAND`` answers."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = int(probe.getsockname()[1])
    with (installed.home / f"{command}.log").open("w+", encoding="utf-8") as log:
        process = subprocess.Popen(
            installed.command(command, f"--port={port}", *options),
            cwd=installed.folder, env=installed.variables, stdout=log, stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            deadline = time.monotonic() + COMMAND_S
            while process.poll() is None and time.monotonic() < deadline:
                with suppress(OSError):
                    _asked(port, "/")
                    break
                time.sleep(0.1)
            assert process.poll() is None, _read(log.name)
            yield port
        finally:
            process.terminate()
            process.wait(COMMAND_S)
    assert "Traceback" not in _read(log.name), _read(log.name)


def _until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + COMMAND_S
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def _read(name: str) -> str:
    return Path(name).read_text("utf-8")


def _asked(port: int, path: str) -> int:
    with closing(HTTPConnection("127.0.0.1", port, timeout=COMMAND_S)) as connection:
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
        return answer.status


@contextmanager
def _first_answer(port: int) -> Iterator[object]:
    """The theme that the page sends a browser which opens it."""
    asked = BackMsg()
    asked.rerun_script.query_string = ""
    with connect(
        f"ws://127.0.0.1:{port}/_stcore/stream", origin=f"http://127.0.0.1:{port}", max_size=None
    ) as opened:  # type: ignore[arg-type]
        opened.send(asked.SerializeToString())
        while True:
            received = ForwardMsg()
            received.ParseFromString(opened.recv(timeout=COMMAND_S))  # type: ignore[arg-type]
            if received.WhichOneof("type") == "new_session":
                yield received.new_session.custom_theme
                return
