"""The command line as a user runs it: documented JSON, exit codes, a process where it takes one."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from chatbot.config import Config
from command_line import Ended, secondlook_here
from fakes.llm_habits import ANSWER, HALF, THOUGHT, HabitServer
from fakes.web_server import Page, WebServer
from paths import ROOT

CANDIDATE = {
    "rank": int, "dense_rank": (int, type(None)), "lexical_rank": (int, type(None)), "fused_rank": int,
    "reranked_rank": (int, type(None)), "scores": dict, "kept": bool, "cited": bool, "document": str,
    "page": (int, type(None)), "heading": list, "table_header": str, "span": list, "text": str, "copies": int,
    "also_in": list, "part": int,
}  # fmt: skip
SEARCH = {
    "question": str,
    "query": str,
    "also_searched": str,
    "parts": list,
    "request": dict,
    "candidates": list,
    "reranker": dict,
    "gate": dict,
    "timings_ms": dict,
}
ASK = {
    **SEARCH,
    "answer": str,
    "refused": bool,
    "declined": bool,
    "citations": list,
    "llm": str,
    "cut": str,
    "thoughts": str,
    "sql": str,
    "notes": list,
    "prompt": list,
    "tokens": (dict, type(None)),
}
INGEST = {
    "indexed": list, "unchanged": list, "removed": list, "partial": list, "refused": list, "overtaken": list, "renamed": list,
    "notes": list, "chunks": int, "reused": int, "seconds": float,
}  # fmt: skip


def secondlook(*arguments: object, code: int = 0) -> str:
    """stdout of the command, which must end with ``code``."""
    done = secondlook_here(*arguments)
    assert done.code == code, done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout if code == 0 else done.stdout + done.stderr


def _has_shape(value: dict[str, Any], shape: dict[str, Any]) -> None:
    assert value.keys() == shape.keys()
    for key, kind in shape.items():
        assert isinstance(value[key], kind), key


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two small documents and an index of them, made by the command itself."""
    folder = tmp_path_factory.mktemp("cli")
    (folder / "docs").mkdir()
    (folder / "docs" / "연차.txt").write_text(
        "연차 규정\n\n연차는 1년에 15일입니다. 병가는 5일입니다.\n", "utf-8"
    )
    (folder / "docs" / "guide.md").write_text(
        "# Guide\n\n## Reranking\n\nA cross-encoder reads both texts.\n", "utf-8"
    )
    (folder / "docs" / "empty.txt").write_text("", "utf-8")
    report = json.loads(secondlook("ingest", folder / "docs", "--store", folder / "store", "--json"))
    _has_shape(report, INGEST)
    assert {r["path"] for r in report["indexed"]} == {"docs/연차.txt", "docs/guide.md"}
    assert [r["path"] for r in report["refused"]] == ["docs/empty.txt"]
    assert report["refused"][0]["reason"]
    return folder


def test_a_second_ingest_finds_nothing_to_do(folder: Path) -> None:
    report = json.loads(secondlook("ingest", folder / "docs", "--store", folder / "store", "--json"))
    assert {r["path"] for r in report["unchanged"]} == {"docs/연차.txt", "docs/guide.md"}
    assert (report["indexed"], report["chunks"]) == ([], 0)
    assert "unchanged" in secondlook("ingest", folder / "docs", "--store", folder / "store")


def test_search_json_is_as_documented(folder: Path) -> None:
    found = json.loads(
        secondlook(
            "search", "연차는 며칠인가요?", "--store", folder / "store", "--k", 2, "--top-n", 1, "--json"
        )
    )
    _has_shape(found, SEARCH)
    for candidate in found["candidates"]:
        _has_shape(candidate, CANDIDATE)
        assert candidate["scores"].keys() == {
            "dense",
            "lexical",
            "fused",
            "rerank",
            "combined",
            "probability",
            "match",
            "asked",
            "alone",
        }
    look = found["reranker"]
    assert (look["model"], look["applied"], look["reason"]) == ("late-interaction", True, "")
    assert (look["scored"], look["of"]) == (2, 2)
    for scores in (candidate["scores"] for candidate in found["candidates"]):
        assert scores["combined"] == scores["rerank"] + look["fused_weight"] * scores["fused"]
    assert [c["kept"] for c in found["candidates"]] == [not found["gate"]["refused"], False]


def test_ask_json_is_as_documented(folder: Path) -> None:
    answer = json.loads(
        secondlook(
            "ask",
            "연차는 며칠인가요?",
            "--store",
            folder / "store",
            "--no-rerank",
            "--filter",
            "연차.txt",
            "--llm",
            "extractive",
            "--json",
        )
    )
    _has_shape(answer, ASK)
    assert {c["document"] for c in answer["candidates"]} == {"docs/연차.txt"}
    assert answer["reranker"]["reason"] == "turned off"
    assert answer["reranker"]["outcome"] == "off"
    assert {"embed", "rerank", "first_token", "total"} <= answer["timings_ms"].keys()


@pytest.fixture
def habits() -> Iterator[HabitServer]:
    with HabitServer() as server:
        yield server


def ask_habit(folder: Path, server: HabitServer, habit: str, *more: str) -> Ended:
    settings = folder / "habits.toml"
    settings.write_text(
        f'[llm]\nbackend = "openai-like"\noptions = {{api_base = "{server.url}"}}\n[answer]\nrefuse_below = 0\n',
        "utf-8",
    )
    return secondlook_here(
        "ask", "연차는 며칠인가요?", "--store", folder / "store", "--config", settings, "--llm", f"openai-like:{habit}", *more
    )  # fmt: skip


@pytest.mark.parametrize(
    "habit", ["no reason but done", "think without its opening", "parts", "no temperature"]
)
def test_ask_prints_the_answer_alone_whatever_the_server_does(
    folder: Path, habits: HabitServer, habit: str
) -> None:
    done = ask_habit(folder, habits, habit)
    assert done.code == 0
    assert done.stdout.splitlines()[0] == ANSWER
    told = "no temperature does not take temperature: asked without it\n" if habit == "no temperature" else ""
    assert done.stderr == told


def test_ask_answers_as_it_is_told_to_and_says_so(folder: Path) -> None:
    listed = secondlook("ask", "연차", "--store", folder / "store", "--as", "library")
    assert "연차.txt · 텍스트 · " in listed
    assert "second look: not needed" in listed
    assert "Answered from the list of documents" in listed
    assert "answered by" not in listed
    greeted = json.loads(secondlook("ask", "hello", "--store", folder / "store", "--json"))
    assert greeted["request"] == {
        "kind": "talk", "topic": "greeting", "documents": [], "decided_by": "rules", "parts": [],
    }  # fmt: skip
    looked_up = json.loads(
        secondlook("ask", "hello", "--store", folder / "store", "--as", "look-up", "--json")
    )
    assert looked_up["request"]["decided_by"] == "person"
    assert looked_up["candidates"]


def test_ask_loses_no_text_of_an_answer_that_breaks_off(folder: Path, habits: HabitServer) -> None:
    done = ask_habit(folder, habits, "filter")
    assert done.code == 1
    assert done.stdout.splitlines()[0] == HALF
    assert "answered by openai-like · filter" in done.stdout
    assert done.stderr == (
        "error: the server's content filter stopped the answer (content_filter); ask otherwise or choose another llm.model\n"
    )
    as_json = ask_habit(folder, habits, "lost", "--json")
    answer = json.loads(as_json.stdout)
    assert as_json.code == 1
    assert answer["answer"] == HALF
    assert answer["error"] == "openai-like · lost broke off its answer: the connection was closed; ask again"
    assert answer["candidates"]


def test_ask_marks_an_answer_that_was_cut_and_keeps_thoughts_apart(folder: Path, habits: HabitServer) -> None:
    done = ask_habit(folder, habits, "length")
    assert done.code == 0
    assert done.stdout.splitlines()[:2] == [
        f"{ANSWER} …",
        "the answer was cut: it reached llm.max_tokens (512); raise it or ask for less",
    ]
    answer = json.loads(ask_habit(folder, habits, "reasoning", "--json").stdout)
    assert (answer["answer"], answer["thoughts"], answer["cut"]) == (ANSWER, THOUGHT, "")
    assert "error" not in answer


def test_an_answer_of_which_not_a_word_came_is_an_error(folder: Path, habits: HabitServer) -> None:
    done = ask_habit(folder, habits, "401", "--json")
    assert done.code == 1
    assert list(json.loads(done.stdout)) == ["error"]
    assert "the server says: Incorrect API key provided" in done.stderr


def test_models_lists_what_the_server_offers_and_what_can_be_pulled(
    folder: Path, habits: HabitServer
) -> None:
    ask_habit(folder, habits, "plain")
    shown = secondlook("models", "--config", folder / "habits.toml")
    assert "  its server offers small\n  its server offers large\n" in shown
    assert "  qwen2.5-coder-1.5b-instruct: 1.1 GB to fetch, Apache-2.0\n" in shown
    language = json.loads(secondlook("models", "--config", folder / "habits.toml", "--json"))["language"]
    assert (language["backend"], language["server_models"]) == ("openai-like", ["small", "large"])


def test_an_unknown_language_model_is_answered_with_the_known_ones() -> None:
    assert "no language model 'gpt' to pull; known: qwen2.5-coder-1.5b-instruct, qwen3-4b" in secondlook(
        "models", "pull", "gpt", code=1
    )
    assert "no language model 'gpt' to pull" in secondlook("models", "remove", "gpt", code=1)


def test_every_documented_key_is_real() -> None:
    documented = (ROOT / "docs" / "json.md").read_text("utf-8")
    for key in [*ASK, *CANDIDATE, *INGEST]:
        assert f"`{key}`" in documented, key


def test_a_web_page_is_ingested_beside_a_folder(folder: Path, tmp_path: Path) -> None:
    settings = tmp_path / "secondlook.toml"
    settings.write_text(f"store = '{tmp_path / 'store'}'\n[web]\nallow_private = true\n", "utf-8")
    with WebServer() as server:
        server.pages["/rules"] = Page(b"<h1>Rules</h1><p>Visitors register at the desk.</p>")
        command = ["ingest", folder / "docs", f"{server.url}/rules", "--config", settings, "--json"]
        report = json.loads(secondlook(*command))
        assert f"web/{server.url.removeprefix('http://')}/rules" in [r["path"] for r in report["indexed"]]
        assert len(report["indexed"]) == 3
        refused = json.loads(
            secondlook("ingest", f"{server.url}/rules", "--store", tmp_path / "other", "--json", code=1)
        )
    assert "inside this network" in refused["refused"][0]["reason"]
    assert "without it" in secondlook("ingest", "--watch", "https://example.org", code=1)


def test_what_is_named_and_refused_ends_with_1_and_what_lies_in_a_folder_is_listed(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "note.txt").write_text("Visitors register at the desk.", "utf-8")
    (docs / "빈 파일.pdf").write_bytes(b"")
    store = ("--store", tmp_path / "store")
    assert "1 indexed · 1 refused" in secondlook("ingest", docs, *store)
    assert "refused: docs/빈 파일.pdf" in secondlook("ingest", docs / "빈 파일.pdf", *store, code=1)
    assert "1 unchanged" in secondlook("ingest", docs / "note.txt", *store)


def test_the_splitter_is_chosen_on_the_command_line(folder: Path) -> None:
    command = [
        "ingest",
        folder / "docs",
        "--splitter",
        "recursive",
        "--chunk-size",
        60,
        "--store",
        folder / "other",
        "--json",
    ]
    assert json.loads(secondlook(*command, "--chunk-overlap", 10))["chunks"] >= 2
    assert "smaller than chunk_size" in secondlook(*command, "--chunk-overlap", 60, code=1)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["ask", "q", "--store", "/nonexistent/index"], "secondlook ingest"),
        (["ingest", "/nonexistent/folder"], "check the path"),
        (["ask", "q", "--llm", "gpt"], "known: anthropic, extractive"),
        (["search", "q", "--config", "/nonexistent.toml"], "leave out --config"),
    ],
)
def test_an_error_is_one_sentence_and_exit_code_1(arguments: list[str], message: str) -> None:
    assert message in " ".join(secondlook(*arguments, code=1).split())
    assert message in json.loads(secondlook_here(*arguments, "--json").stdout)["error"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["ask", "q", "--nonsense"], "No such option"),
        (["search", "q", "--k", "0"], "'--k'"),
        (["ingest"], "Missing argument"),
        (["ingest", "x", "--splitter", "foo"], "'foo' is not one of"),
        (["nonsense"], "No such command"),
    ],
)
def test_wrong_usage_is_exit_code_2_and_json_where_asked_for(arguments: list[str], message: str) -> None:
    told = secondlook(*arguments, code=2)
    assert "Usage:" in told
    assert message in told
    assert message in json.loads(secondlook_here(*arguments, "--json").stdout)["error"]


def test_a_process_ends_with_the_code_and_prints_the_same(folder: Path) -> None:
    for arguments in (["search", "q", "--k", "0"], ["doctor", "--store", str(folder / "store"), "--json"]):
        here = secondlook_here(*arguments)
        done = subprocess.run(
            [sys.executable, "-m", "chatbot", *arguments], capture_output=True, text=True, timeout=300
        )
        assert (done.returncode, done.stdout) == (here.code, here.stdout)
        assert done.stderr.splitlines()[2:] == here.stderr.splitlines()[2:]  # after the name of the program


def test_version_and_the_short_help_option() -> None:
    assert secondlook("--version") == f"secondlook {version('secondlook')}\n"
    assert "--top-n" in secondlook("search", "-h")
    assert "Usage" in secondlook(code=2)


def test_config_shows_no_secrets(tmp_path: Path) -> None:
    settings = tmp_path / "s.toml"
    settings.write_text(
        '[llm.options]\napi_key = "SEKRIT1"\nmax_new_tokens = 7\n'
        'default_headers = { X-Mine = "SEKRIT2" }\n[llm.options.nested]\nAccess_Token = "SEKRIT3"\n'
        '[embedding.options]\nPassword = "SEKRIT4"\n',
        "utf-8",
    )
    shown = secondlook("config", "--config", settings, "--json")
    for text in (shown, secondlook("config", "--config", settings)):
        assert "SEKRIT" not in text
        assert text.count("***") == 4
    assert json.loads(shown)["config"]["llm"]["options"]["max_new_tokens"] == 7


def test_the_settings_that_are_shown_are_a_settings_file(tmp_path: Path) -> None:
    settings = tmp_path / "given.toml"
    settings.write_text(
        'models_cache = "models"\n[store]\npath = "a \\"b\\""\nschema = "team"\n[retrieval]\nboth_languages = false\n'
        '[llm]\nbackend = "ollama"\noptions = { base_url = "http://127.0.0.1:1", more = { deep = [1, 2] } }\n',
        "utf-8",
    )
    shown = tmp_path / "shown.toml"
    shown.write_text(secondlook("config", "--config", settings).partition("LLM backends")[0], "utf-8")
    assert secondlook("config", "--config", shown, "--json") == secondlook(
        "config", "--config", settings, "--json"
    )


def test_a_pipe_gets_one_line_for_one_thing(tmp_path: Path) -> None:
    lines = secondlook("config").splitlines()
    openai = next(line for line in lines if line.startswith("openai:"))
    assert "OPENAI_API_KEY" in openai
    assert "…" not in openai
    missing = tmp_path / ("long" * 40)
    assert str(missing) in secondlook("ingest", missing, code=1)


def test_kept_candidates_are_marked_in_the_table_of_a_pipe(folder: Path) -> None:
    command = ["search", "연차는 며칠인가요?", "--store", folder / "store", "--k", 2, "--top-n", 1]
    found = json.loads(secondlook(*command, "--json"))
    rows = secondlook(*command).splitlines()[1:3]
    assert ["●" in row for row in rows] == [candidate["kept"] for candidate in found["candidates"]]


def test_models_doctor_and_config_tell_what_there_is(folder: Path) -> None:
    models = json.loads(secondlook("models", "--json"))["models"]
    assert [(m["role"], m["note"]) for m in models] == [("embedding", ""), ("reranker", "untrained")]
    assert all(m["licence"] and m["sha256"] and m["dtype"] in ("bfloat16", "float32") for m in models)
    state = json.loads(secondlook("doctor", "--store", folder / "store", "--json"))
    assert (len(state["documents"]), state["faults"]) == (3, [])
    shown = json.loads(secondlook("config", "--json"))
    assert shown["config"]["retrieval"] == Config().retrieval.model_dump()
    assert {b["name"] for b in shown["llm_backends"]} >= {"extractive", "openai", "gguf"}


def test_a_removed_document_is_gone(folder: Path) -> None:
    (folder / "docs" / "temporary.txt").write_text("잠깐 있는 문서입니다.", "utf-8")
    secondlook("ingest", folder / "docs", "--store", folder / "store")
    secondlook("remove", "docs/temporary.txt", "--store", folder / "store")
    assert "no document" in secondlook("remove", "docs/temporary.txt", "--store", folder / "store", code=1)
    (folder / "docs" / "temporary.txt").unlink()


def test_a_removed_folder_takes_all_its_documents_along_and_an_unknown_name_none(tmp_path: Path) -> None:
    store = tmp_path / "store"
    (tmp_path / "docs" / "sub").mkdir(parents=True)
    for name in ("sub/a.txt", "sub/b.txt", "subway.txt"):
        (tmp_path / "docs" / name).write_text(f"This is the document {name}.", "utf-8")
    secondlook("ingest", tmp_path / "docs", "--store", store)
    secondlook("remove", "docs/sub", "docs/none", "--store", store, code=1)
    removed = json.loads(secondlook("remove", "docs/sub/", "docs/sub/a.txt", "--store", store, "--json"))
    assert removed == {"removed": ["docs/sub/a.txt", "docs/sub/b.txt"]}
    left = json.loads(secondlook("doctor", "--store", store, "--json"))["documents"]
    assert [row["uri"] for row in left] == ["docs/subway.txt"]


def test_control_characters_of_names_do_not_reach_the_terminal(tmp_path: Path) -> None:
    store = tmp_path / "store"
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "x\x1b[31my.txt").write_text("The answer is forty-two \x1b[32m.", "utf-8")
    (tmp_path / "docs" / "e\x1b[31mmpty.txt").write_text("", "utf-8")
    told = [
        secondlook("ingest", tmp_path / "docs", "--store", store),
        secondlook("doctor", "--store", store),
        secondlook("search", "What is the answer?", "--store", store),
        secondlook("ask", "What is the answer?", "--store", store),
        secondlook("remove", "docs", "--store", store),
    ]
    assert "chunks/s" not in told[0]  # one chunk makes no rate
    assert "removed docs/x[31my.txt" in told[-1]
    assert "\x1b" not in "".join(told)


def test_the_page_is_served_on_loopback_and_says_where(folder: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "chatbot",
        "app",
        "--port",
        str(port),
        "--no-browser",
        "--store",
        str(folder / "store"),
    ]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert server.stdout is not None
        line = next(line for line in server.stdout if "Second Look" in line)
        assert f"http://127.0.0.1:{port}" in line
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=10) as reply:
                if reply.read() == b"ok":
                    break
        assert "in use" in secondlook("app", "--port", port, "--no-browser", code=1)
    finally:
        server.terminate()
        server.wait(timeout=20)
        assert server.stdout is not None
        server.stdout.close()
