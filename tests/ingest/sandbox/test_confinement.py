"""What a worker that a hostile file has taken over can do: each line of ``tests/fakes/taken_over.py`` must fail."""

from __future__ import annotations

import socket
import struct
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from ingest.sandbox.opened import OpenedFile
from ingest.sandbox.parser import ParserProcess
from ingest.sandbox.process import Ended, SandboxProcess
from ingest.sandbox.readable import readable_places
from ingest.sandbox.seccomp import call_filter
from paths import ROOT

limited = pytest.mark.skipif(sys.platform != "linux", reason="these protections are Linux's")
# reading by name is refused by Landlock alone
BY_NAME = {
    "files of the program",
    "a private file",
    "another document",
    "the folder of documents",
    "accounts of this machine",
    "its own file by name",
}
# and these by the memory being closed, without which the account would allow them
OF_OTHER_PROCESSES = {
    "environment of the program",
    "memory of the program",
    "memory map of the program",
    "memory of another worker",
}


@dataclass(frozen=True)
class Found:
    """``held`` are the protections, ``errors`` how each attempt ended."""

    held: tuple[str, ...]
    errors: dict[str, str]
    works: dict[str, str]
    environment: list[str]
    folder: Path

    def succeeded(self, names: set[str]) -> list[str]:
        return [name for name in sorted(names) if not self.errors[name]]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Found:
    folder, home = tmp_path_factory.mktemp("docs"), tmp_path_factory.mktemp("home")
    (folder / "old").write_text("as it was")
    (folder / "given").write_text("the file of the request")
    secret = home / "id_rsa"
    secret.write_text("PRIVATE KEY")
    secret.chmod(0o600)
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        ParserProcess() as sibling,
        SandboxProcess("tests.fakes.taken_over", 1536 * 2**20, 60) as process,
        OpenedFile(folder / "given") as file,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setenv("OPENAI_API_KEY", "sk-secret")
        sibling.protections()
        held = process.protections()
        answered = process.request(
            {
                "secret": str(secret),
                "folder": str(folder),
                "port": server.getsockname()[1],
                "sibling": sibling.pid,
            },
            file,
        )
    assert not isinstance(answered, Ended), answered
    message = answered[0]
    return Found(held, message["errors"], message["works"], message["environment"], folder)


@limited
def test_what_reading_needs_works(found: Found) -> None:
    assert found.works == {
        "file": "the file of the request",
        "thread": "works",
        "libraries": "3",
        "hash": "e3b0",
    }
    assert "OPENAI_API_KEY" not in found.environment


@limited
def test_neither_network_nor_programs_nor_signals_nor_changed_files(found: Found) -> None:
    if "network" not in found.held:
        pytest.skip("this kernel or machine has no seccomp filters for us")
    assert found.errors["more memory"] == "MemoryError"
    assert found.succeeded(found.errors.keys() - BY_NAME - OF_OTHER_PROCESSES) == []
    assert sorted(path.name for path in found.folder.iterdir()) == ["given", "old"]
    assert (found.folder / "old").read_text() == "as it was"
    assert (found.folder / "given").read_text() == "the file of the request"


@limited
def test_the_memory_and_the_environment_of_the_program_and_of_other_workers_are_closed(found: Found) -> None:
    assert "keys" in found.held
    assert found.succeeded(OF_OTHER_PROCESSES) == []


@limited
def test_no_file_can_be_opened_by_its_name(found: Found) -> None:
    if not any(name.startswith("file view") for name in found.held):
        pytest.skip("this kernel has no Landlock, or it is switched off")
    assert found.succeeded(BY_NAME) == []


@limited
def test_memory_is_closed_to_the_same_account_without_landlock_too() -> None:
    child = (
        "import os\n"
        "from ingest.sandbox.secrecy import drop_capabilities, is_closed\n"
        "drop_capabilities()\n"  # root may look into everything; a worker has given that up
        "print(is_closed(os.getppid()), is_closed(os.getpid()))"
    )
    program = (
        "import subprocess, sys\n"
        "from ingest.sandbox.secrecy import close_memory\n"
        "close_memory()\n"
        f"subprocess.run([sys.executable, '-c', {child!r}], check=True)"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.strip() == "True False", done.stderr


def test_modules_in_the_folder_where_the_program_was_started_are_none_of_the_worker_s(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They ran before the sandbox was entered: ``python -m`` looks into the current folder first."""
    for name in ("resource.py", "socket.py", "lxml.py", "chatbot.py"):
        (tmp_path / name).write_text(f"open({str(tmp_path / 'ran')!r}, 'w')")
    monkeypatch.chdir(tmp_path)
    with ParserProcess() as process:
        assert process.protections()
    assert not (tmp_path / "ran").exists()


def test_a_home_folder_is_never_readable_whatever_the_environment_says(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    home, library = tmp_path / "home", tmp_path / "home" / "lib"
    library.mkdir(parents=True)
    monkeypatch.setenv("HOME", str(home))
    for folder in (home, tmp_path, Path("/")):
        monkeypatch.setenv("LD_LIBRARY_PATH", f"{folder}:{library}")
        monkeypatch.setenv("TESSDATA_PREFIX", str(folder))
        places = readable_places()
        assert library in places
        assert not any(home.is_relative_to(place) for place in places)


def test_of_a_folder_of_modules_only_the_modules_are_readable(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "package").mkdir()
    for name in ("package/__init__.py", "module.py", "notes.txt", ".env"):
        (tmp_path / name).write_text("")
    (tmp_path / "documents").mkdir()
    monkeypatch.syspath_prepend(str(tmp_path))
    assert {place.name for place in readable_places() if place.is_relative_to(tmp_path)} == {
        "package",
        "module.py",
    }


def test_the_filter_is_made_for_both_architectures_and_jumps_only_forward_within_itself() -> None:
    for machine in ("x86_64", "aarch64"):
        program = list(struct.iter_unpack("HBBI", call_filter(machine, 1234)))
        assert len(program) < 4096
        for at, (code, if_true, if_false, _) in enumerate(program):
            if code & 0x07 == 0x05:
                assert max(if_true, if_false) + at + 1 < len(program)
        assert program[-1] == (0x06, 0, 0, 0x00050001)  # what is not named fails


@pytest.mark.parametrize(
    ("call", "argument", "answer"),
    [
        ("read", (), "allowed"),
        ("openat", (0, 0, 0), "allowed"),
        ("openat", (0, 0, 0o1), "refused"),
        ("openat", (0, 0, 0o100), "refused"),
        ("clone", (0x3D0F00,), "allowed"),
        ("clone", (17,), "refused"),
        ("tgkill", (1234,), "allowed"),
        ("tgkill", (1,), "refused"),
        ("prlimit64", (0,), "allowed"),
        ("prlimit64", (1234,), "allowed"),
        ("prlimit64", (1,), "refused"),
        ("prctl", (15,), "allowed"),
        ("prctl", (4,), "refused"),
        ("fcntl", (3, 1030), "allowed"),
        ("fcntl", (3, 8), "refused"),
        ("ioctl", (1, 0x5401), "allowed"),
        ("ioctl", (1, 0x5412), "refused"),
        ("mbind", (), "unknown"),
        ("clone3", (), "unknown"),
        ("a call of years to come", (), "unknown"),
        ("socket", (), "refused"),
        ("execve", (), "refused"),
        ("kill", (), "refused"),
    ],
)
@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_each_call_is_answered_as_written(
    machine: str, call: str, argument: tuple[int, ...], answer: str
) -> None:
    number = {
        "read": (0, 63), "openat": (257, 56), "clone": (56, 220), "tgkill": (234, 131), "prlimit64": (302, 261),
        "prctl": (157, 167), "fcntl": (72, 25), "ioctl": (16, 29), "mbind": (237, 235), "clone3": (435, 435),
        "a call of years to come": (900, 900), "socket": (41, 198), "execve": (59, 221), "kill": (62, 129),
    }[call][machine == "aarch64"]  # fmt: skip
    arch = 0xC00000B7 if machine == "aarch64" else 0xC000003E
    answers = {"allowed": 0x7FFF0000, "refused": 0x00050001, "unknown": 0x00050026}
    assert _answer(call_filter(machine, 1234), number, arch, argument) == answers[answer]


def test_calls_of_another_machine_and_of_the_32_bit_table_are_refused() -> None:
    program = call_filter("x86_64", 1234)
    assert _answer(program, 0, 0x40000003, ()) == 0x00050001  # i386
    assert _answer(program, 0x40000000, 0xC000003E, ()) == 0x00050001  # x32


def _answer(program: bytes, number: int, arch: int, arguments: tuple[int, ...]) -> int:
    """What the kernel would answer: the few instructions that the filter is made of."""
    words = {0: number, 4: arch} | {16 + 8 * at: value for at, value in enumerate(arguments)}
    code, at, loaded = list(struct.iter_unpack("HBBI", program)), 0, 0
    while True:
        kind, if_true, if_false, value = code[at]
        at += 1
        if kind == 0x06:
            return int(value)
        if kind == 0x20:
            loaded = words.get(value, 0)
        else:
            holds = {0x15: loaded == value, 0x35: loaded >= value, 0x45: bool(loaded & value)}[kind]
            at += if_true if holds else if_false
