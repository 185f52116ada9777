"""Any GGUF file, run by llama.cpp in a child process on this machine.

A child, because in process the library holds Python's lock while it loads (0.95 s without one other thread
moving for a 98 MB file) and cannot be stopped. One child per file and settings is shared by all writers;
it ends with the last of them, or with this process.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import subprocess
import sys
import tempfile
import threading
import weakref
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from chatbot.config import LLMConfig
from chatbot.errors import ConfigError, LLMError
from chatbot.llms.failures import Endpoint
from chatbot.llms.llm_writer import LLMWriter
from chatbot.llms.local.catalogue import is_pulled
from chatbot.llms.local.speed import keep
from chatbot.models.environment import bare
from chatbot.text.invisible import clean_line

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

_OPTIONS = ("context", "threads")


class GGUFServer:
    """A running child. ``url`` is its address, ``context`` its window in tokens."""

    def __init__(self, path: Path, threads: int, context: int, limit_s: float) -> None:
        self.key = secrets.token_urlsafe(24)
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the child
        self._process = subprocess.Popen(
            [sys.executable, "-P", str(Path(__file__).with_name("gguf_server.py"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            env=bare(),  # a file that takes the library over finds no key here
            start_new_session=True,  # Ctrl-C is for us; the child ends when its input closes
        )
        self._end = weakref.finalize(self, _end, self._process, self._log)
        settings = {"path": str(path), "threads": threads, "context": context, "key": self.key}
        try:
            self.url = self._start(settings, limit_s)
            self.context = int(self._ask("/props")["default_generation_settings"]["n_ctx"])
        except BaseException:
            self.stop()
            raise

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def stop(self) -> None:
        """End the child now."""
        self._end()

    def count_tokens(self, text: str) -> int:
        """Exactly as the model counts."""
        return len(self._ask("/tokenize", {"content": text})["tokens"])

    def _start(self, settings: dict[str, Any], limit_s: float) -> str:
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write(json.dumps(settings).encode() + b"\n")
        stdin.flush()
        replies: list[bytes] = []
        reader = threading.Thread(target=lambda: replies.append(stdout.readline()), daemon=True)
        reader.start()
        reader.join(limit_s)
        name = Path(settings["path"]).name
        if not replies:
            raise LLMError(
                "gguf · {name} was not loaded within {seconds} s; raise llm.limits.total_s or choose a smaller file",
                name=name,
                seconds=f"{limit_s:g}",
            )
        reply: dict[str, str] = json.loads(replies[0] or b"{}")
        if "url" not in reply:
            reason = self._last_words() or reply.get("error") or f"exit code {self._process.wait()}"
            raise LLMError(
                "gguf cannot load {name} ({error}); check that llm.model is a whole GGUF file",
                name=name,
                error=reason,
            )
        return reply["url"]

    def _last_words(self) -> str:
        self._log.seek(0)
        lines = [
            text for text in self._log.read()[-4000:].decode("utf-8", "replace").splitlines() if text.strip()
        ]
        return re.sub(r"^[\d.]+ \w ", "", clean_line(lines[0]))[:200] if lines else ""

    def _ask(self, path: str, body: dict[str, str] | None = None) -> dict[str, Any]:
        import httpx

        reply = httpx.request(
            "POST" if body else "GET",
            self.url + path,
            json=body,
            headers={"Authorization": f"Bearer {self.key}"},
            timeout=10,
            trust_env=False,
        )
        reply.raise_for_status()
        answer: dict[str, Any] = reply.json()
        return answer


def _end(process: subprocess.Popen[bytes], log: IO[bytes]) -> None:
    process.kill()  # it holds no state
    process.wait()
    for pipe in (process.stdin, process.stdout, log):
        if pipe is not None:
            pipe.close()


_servers: weakref.WeakValueDictionary[tuple[tuple[object, ...], int], GGUFServer] = (
    weakref.WeakValueDictionary()
)
_starting = threading.Lock()


def serve(path: Path, threads: int, context: int, limit_s: float) -> GGUFServer:
    """The server for this file and these settings: a running one, with a window at least as large, else a new one.

    Raises:
        LLMError: the file cannot be loaded, or not within ``limit_s`` seconds.
    """
    stat = path.stat()
    file = (str(path.resolve()), stat.st_size, stat.st_mtime_ns, threads)
    with _starting:
        running = [
            (window, server)
            for (other, window), server in list(_servers.items())
            if other == file and window >= context and server.alive
        ]
        if running:
            return min(running, key=lambda entry: entry[0])[1]
        server = _servers[file, context] = GGUFServer(path.resolve(), threads, context, limit_s)
        return server


class GGUFModel:
    """The LLM for ``config.model``, on a server that is started again if it has died."""

    def __init__(self, config: LLMConfig) -> None:
        for name in config.options:
            if name not in _OPTIONS:
                raise ConfigError(
                    "llm.options.{option} is not an option of backend {backend}; known: {known}",
                    option=name,
                    backend="'gguf'",
                    known=", ".join(_OPTIONS),
                )
        self._config = config
        self._path = Path(config.model).expanduser()
        self._threads = _whole_number(config, "threads", default_threads())
        self._context = _whole_number(config, "context", config.context_window)
        self._lock = threading.Lock()
        self._connected: tuple[GGUFServer, LLM] | None = None

    def writer(self) -> LLMWriter:
        self.llm()
        return LLMWriter(
            self.llm,
            self._config,
            label=f"gguf · {self._path.stem}",
            remote=False,
            endpoint=Endpoint(url=self.server.url, url_setting="llm.model", model=self._path.name),
            count_tokens=lambda text: self.server.count_tokens(text),
            context_window=min(self._context, self.server.context),
            took=partial(keep, self._path) if is_pulled(self._path) else None,
        )

    @property
    def server(self) -> GGUFServer:
        self.llm()
        assert self._connected is not None
        return self._connected[0]

    def llm(self) -> LLM:
        with self._lock:
            if self._connected is None or not self._connected[0].alive:
                server = serve(self._path, self._threads, self._context, self._config.limits.total_s)
                self._connected = server, self._llm(server)
            return self._connected[1]

    def _llm(self, server: GGUFServer) -> LLM:
        from llama_index.llms.openai_like import OpenAILike

        from chatbot.llms.clients import COUNTED, openai_client

        options = {
            "api_base": f"{server.url}/v1",
            "is_chat_model": True,
            "context_window": server.context,
            # Reading a long prompt takes a CPU longer than first_token_s; progress is a sign of life.
            "additional_kwargs": {"extra_body": {"return_progress": True}, **COUNTED},
        }
        return openai_client(OpenAILike, self._config, self._path.stem, server.key, options)


def default_threads() -> int:
    """About the number of physical cores: all of up to four processors, half of more."""
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return count if count <= 4 else count // 2


def _whole_number(config: LLMConfig, name: str, default: int) -> int:
    value = config.options.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ConfigError(
            "llm.options.{option} must be a whole number from 1, not {value}", option=name, value=repr(value)
        )
    return value
