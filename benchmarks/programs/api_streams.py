"""64 clients at once on the interface for programs, before a model that writes at a fixed pace: is each word theirs, and how late?

    python -m benchmarks.programs.api_streams [--streams 64] [--words 100] [--pause-ms 50] [--rounds 3]

The server is a process of its own, as ``secondlook serve`` starts it, over an index of one document. The model is a server
on loopback: it writes words that hold the number of the client, each with the time at which it was sent. Reported: words lost
or of another client, and milliseconds from the model's word to the client's, the first one apart. What finds the sources
comes before the first word and is not in it. ``model alone``: the same clients at the model itself; the difference is ours.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.routing import Route

_CLIENT = re.compile(r"client (\d+)")
_UNLIMITED = httpx.Limits(max_connections=None)
_WORD = re.compile(r"w(\d+)-(\d+)-([\d.]+)")


def model(words: int, pause_s: float) -> Starlette:
    """Writes ``words`` words for the client whose number is in the question."""

    async def answer(request: Request) -> StreamingResponse:
        body = await request.json()
        client = _CLIENT.findall(body["messages"][-1]["content"])[-1]

        async def events():
            for number in range(words):
                word = f" w{client}-{number}-{time.monotonic():.6f};"  # white space at an end waits: a citation may follow
                delta = {"choices": [{"index": 0, "delta": {"content": word}, "finish_reason": None}]}
                yield f"data: {json.dumps(delta)}\n\n"
                await asyncio.sleep(pause_s)
            yield 'data: {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}\n\ndata: [DONE]\n\n'

        return StreamingResponse(events(), media_type="text/event-stream")

    return Starlette(routes=[Route("/v1/chat/completions", answer, methods=["POST"])])


async def ask(client: httpx.AsyncClient, number: int, words: int) -> tuple[int, int, list[float]]:
    """Words that are lost, words of others, and how late each came, in milliseconds."""
    question = {"role": "user", "content": f"What colour is the test card of client {number}?"}
    asked = {"model": "secondlook", "messages": [question], "stream": True, "secondlook": {"check": False}}
    late, places, others, rest = [], [], 0, ""
    async with client.stream("POST", "/v1/chat/completions", json=asked) as answer:
        answer.raise_for_status()
        async for line in answer.aiter_lines():
            now = time.monotonic()
            if not line.startswith("data: {"):
                continue
            event = json.loads(line[6:])
            if "error" in event:
                raise RuntimeError(event["error"]["message"])
            for choice in event["choices"]:
                rest += choice["delta"].get("content") or ""
            *whole, rest = rest.split(";")
            for owner, place, sent in map(_parts, whole):
                late.append((now - sent) * 1000)
                places.append(place)
                others += owner != number
    return words - len(places) + (places != sorted(places)), others, late


def _parts(word: str) -> tuple[int, int, float]:
    found = _WORD.fullmatch(word.strip())
    if found is None:
        raise RuntimeError(f"a word that no model wrote: {word!r}")
    return int(found[1]), int(found[2]), float(found[3])


async def main() -> None:
    given = _arguments()
    with tempfile.TemporaryDirectory() as folder:
        model_port, port = _free(), _free()
        serving = uvicorn.Server(
            uvicorn.Config(model(given.words, given.pause_ms / 1000), port=model_port, log_level="error")
        )
        running = asyncio.create_task(serving.serve())
        server = _start(Path(folder), model_port, port, given.streams)
        try:
            async with httpx.AsyncClient(
                base_url=f"http://127.0.0.1:{port}", timeout=600, limits=_UNLIMITED
            ) as client:
                await _ready(client, server)
                await ask(client, 0, given.words)
                direct = f"http://127.0.0.1:{model_port}"
                async with httpx.AsyncClient(base_url=direct, timeout=600, limits=_UNLIMITED) as at_once:
                    _report("model alone", given, await _all(at_once, given))
                for number in range(given.rounds):
                    _report(f"round {number + 1}", given, await _all(client, given))
        finally:
            server.terminate()
            server.wait()
            serving.should_exit = True
            await running


async def _all(client: httpx.AsyncClient, given: argparse.Namespace) -> list[tuple[int, int, list[float]]]:
    return await asyncio.gather(*(ask(client, n + 1, given.words) for n in range(given.streams)))


def _report(name: str, given: argparse.Namespace, done: list[tuple[int, int, list[float]]]) -> None:
    late = sorted(ms for _, _, each in done for ms in each)
    first = sorted(each[0] for _, _, each in done if each)
    p50, p95, most = late[len(late) // 2], late[int(len(late) * 0.95)], late[-1]
    print(
        f"{name}: {given.streams} streams of {given.words} words, lost {sum(d[0] for d in done)}, "
        f"of others {sum(d[1] for d in done)}, late p50 {p50:.1f} ms, p95 {p95:.1f} ms, most {most:.1f} ms; "
        f"first word p95 {first[int(len(first) * 0.95)]:.1f} ms",
        flush=True,
    )


def _start(folder: Path, model_port: int, port: int, streams: int) -> subprocess.Popen[bytes]:
    (folder / "card.txt").write_text("The test card is green. Every client has the same colour.\n", "utf-8")
    config = folder / "secondlook.toml"
    config.write_text(
        f'store = "{folder / "store"}"\n[retrieval]\nboth_languages = false\n[answer]\nrefuse_below = 0.0\n[api]\nanswers_at_once = {streams}\n'
        f'[llm]\nbackend = "openai-like"\nmodel = "paced"\nmax_tokens = 4000\n[llm.options]\napi_base = "http://127.0.0.1:{model_port}/v1"\n',
        "utf-8",
    )
    command = [sys.executable, "-m", "chatbot"]
    subprocess.run(
        [*command, "ingest", "--config", str(config), str(folder / "card.txt")],
        check=True,
        capture_output=True,
    )
    return subprocess.Popen([*command, "serve", "--config", str(config), f"--port={port}"])


async def _ready(client: httpx.AsyncClient, server: subprocess.Popen[bytes]) -> None:
    while server.poll() is None:
        try:
            if (await client.get("/readyz")).status_code == 200:
                return
        except httpx.ConnectError:
            pass
        await asyncio.sleep(0.2)
    raise RuntimeError("the server has ended")


def _free() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--streams", type=int, default=64)
    parser.add_argument("--words", type=int, default=100)
    parser.add_argument("--pause-ms", type=float, default=50)
    parser.add_argument("--rounds", type=int, default=3)
    return parser.parse_args()


if __name__ == "__main__":
    asyncio.run(main())
