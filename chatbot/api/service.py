"""What all requests share: the library, the chatbots, who writes, and the threads in which work is done.

Nothing that takes longer than a moment runs on the event loop: ``quick`` for files, ``models`` for the small models,
``answers`` for what is found and written. Each has so many threads, and so many may wait; who comes then is told to come
again.
"""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cached_property, lru_cache
from threading import Lock, Thread
from typing import TYPE_CHECKING, Annotated, Literal, Protocol, TypeVar

from fastapi import Depends
from starlette.requests import HTTPConnection

from chatbot.answering.writer import Writer
from chatbot.api.answers.jobs import Jobs
from chatbot.api.answers.memory import Memory
from chatbot.api.problems import Problem
from chatbot.config import Config, LLMConfig
from chatbot.engine import Chatbot, load_chatbot
from chatbot.errors import ChatbotError, StoreError, StoreMissing
from chatbot.llms import build_writer
from chatbot.llms import keys as llm_keys
from chatbot.notebooks import Library, Notebook, Person
from chatbot.notebooks.loading import has_grown, load_together
from chatbot.reranking import Reranker, build_reranker
from chatbot.retrieval.embeddings import build_embedding

if TYPE_CHECKING:
    from llama_index.core.base.embeddings.base import BaseEmbedding

T = TypeVar("T")

_MOST_CHATBOTS = 8  # notebooks and settings at a time; models are shared by all of them
_MOST_WRITERS = 8
_QUICK, _MODELS = 8, 4  # threads
_WAITING = 64


class Granted(Protocol):
    """Somebody whom a key let in: ``chatbot.notebooks.api_keys.Grant``."""

    @property
    def person(self) -> Person: ...
    @property
    def library(self) -> Library: ...
    @property
    def number(self) -> int: ...
    @property
    def notebook(self) -> int | None: ...
    def require(self, scope: Literal["ask", "documents", "models"]) -> None: ...


class Keys(Protocol):
    """The keys for programs: ``chatbot.notebooks.api_keys.ApiKeys``."""

    def exist(self) -> bool:
        """Whether one was ever made: from then on one is needed."""
        ...

    def grant(self, token: str, *, people_sign_in: bool) -> Granted:
        """Whoever comes with ``token``. Raises ``LibraryError`` for one that opens nothing."""
        ...


def call_on(loop: asyncio.AbstractEventLoop, action: Callable[[], None]) -> None:
    """``action()`` on the loop, from another thread; nothing where the program ends and the loop is closed."""
    with suppress(RuntimeError):
        loop.call_soon_threadsafe(action)


class Pool:
    """So many threads for one kind of work, and so many that wait for one."""

    def __init__(self, name: str, threads: int, waiting: int) -> None:
        self._threads = ThreadPoolExecutor(threads, name)
        self._most = threads + waiting
        self._there = 0  # counted on the event loop alone

    @property
    def busy(self) -> int:
        """How many are under way or wait."""
        return self._there

    async def run(self, action: Callable[[], T]) -> T:
        """``action()`` in a thread, with the context of the caller. Raises ``Problem`` 503 where too many wait."""
        if self._there >= self._most:
            raise Problem(
                503, "busy", "too many ask at once; ask again in a moment", headers={"Retry-After": "2"}
            )
        self._there += 1
        future = self._threads.submit(contextvars.copy_context().run, action)
        loop = asyncio.get_running_loop()
        future.add_done_callback(lambda _: call_on(loop, self._left))
        return await asyncio.wrap_future(future)

    def _left(self) -> None:
        self._there -= 1

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)


class Service:
    """See the module.

    Attributes:
        is_open: nobody signs in and only this machine reaches it: no key is needed while there is none.
        people_sign_in: whether they have to on the page: keys of whoever has the machine then open nothing.
        chatbot_for, chatbot_over, writer_for: those of the page where it runs in the same process.
    """

    def __init__(
        self,
        config: Config,
        *,
        is_open: bool,
        people_sign_in: bool | None = None,
        library: Library | None = None,
        keys: Keys | None = None,
        chatbot_for: Callable[[Config], Chatbot] | None = None,
        chatbot_over: Callable[[Config, Sequence[Notebook]], Chatbot] | None = None,
        writer_for: Callable[[LLMConfig], Writer] | None = None,
    ) -> None:
        self.config = config
        self.is_open = is_open
        self.people_sign_in = not is_open if people_sign_in is None else people_sign_in
        self.library = library or Library(config)
        self.keys = keys
        own = _Shared()
        self.chatbot_for = chatbot_for or own.chatbot_for
        self.chatbot_over = chatbot_over or own.chatbot_over
        self.writer_for = writer_for or own.writer_for
        self._quick = Pool("api quick", _QUICK, _WAITING)
        self._models = Pool("api models", _MODELS, _WAITING)
        self._answers = Pool("api answers", config.api.answers_at_once, config.api.waiting)
        self._warm = _Warm()
        self.memory = Memory()
        self.jobs = Jobs()

    def look_who_signs_in(self) -> None:
        """Somebody may have, at another machine, since this program began: then nobody comes in without a key any more."""
        if not self.people_sign_in and self.library.has_people:
            self.people_sign_in, self.is_open = True, False

    async def quick(self, action: Callable[[], T]) -> T:
        """For what reads or writes a few rows."""
        return await self._quick.run(action)

    async def models(self, action: Callable[[], T]) -> T:
        """For what embeds, ranks or searches."""
        return await self._models.run(action)

    async def answers(self, action: Callable[[], T]) -> T:
        """For what may wait for a language model."""
        return await self._answers.run(action)

    @cached_property
    def embedding(self) -> BaseEmbedding:
        """The model of the chatbots, whose weights it shares; loaded when it is first asked for."""
        return build_embedding(self.config)

    @cached_property
    def reranker(self) -> Reranker:
        """As the chatbots'. Raises ``ConfigError`` where a language model takes the second look, and gives no scores."""
        return build_reranker(self.config, lambda: self.embedding)

    def warm_up(self) -> None:
        """Load the models in a thread of its own; ``not_ready`` says how far that is."""
        self._warm.begin(lambda: self.chatbot_for(self.config).warm_up())

    def not_ready(self) -> str:
        """Why questions cannot be answered yet; empty where they can. Nothing indexed yet is no reason: it can be added."""
        return self._warm.asked()

    def is_idle(self) -> bool:
        """Whether nothing is under way and nothing waits."""
        return not any(pool.busy for pool in (self._quick, self._models, self._answers))

    def close(self) -> None:
        for pool in (self._quick, self._models, self._answers):
            pool.close()


class _Warm:
    """Models that load in the background."""

    def __init__(self) -> None:
        self.reason = ""
        self._again: Callable[[], None] | None = None  # after an index that could not be reached
        self._lock = Lock()

    def asked(self) -> str:
        """Why they are not there; where it was for the index, it is tried once more."""
        with self._lock:
            again, self._again = self._again, None
        if again is not None:
            self.begin(again)
        return self.reason

    def begin(self, load: Callable[[], None]) -> None:
        self.reason = "the models are being loaded; ask again in a few seconds"
        Thread(target=self._load, args=(load,), name="load the models", daemon=True).start()

    def _load(self, load: Callable[[], None]) -> None:
        try:
            load()
        except StoreMissing:
            self.reason = ""
        except StoreError as error:
            self.reason, self._again = str(error), load
        except ChatbotError as error:
            self.reason = str(error)
        else:
            self.reason = ""


class _Shared:
    """Chatbots and writers of a program without a page, each built once."""

    def __init__(self) -> None:
        self._building = Lock()
        self._chatbots: dict[str, Chatbot] = {}
        self._writer = lru_cache(maxsize=_MOST_WRITERS)(self._built)

    def chatbot_for(self, config: Config) -> Chatbot:
        return self._kept(_name(config), lambda: load_chatbot(config))

    def chatbot_over(self, config: Config, notebooks: Sequence[Notebook]) -> Chatbot:
        name = f"{_name(config)} {[(notebook.id, notebook.name) for notebook in notebooks]}"
        return self._kept(
            name,
            lambda: load_together(notebooks, config=config),
            lambda chatbot: not has_grown(chatbot, notebooks),
        )

    def writer_for(self, config: LLMConfig) -> Writer:
        return self._writer(config.model_dump_json(), llm_keys.changes())

    def _kept(
        self, name: str, load: Callable[[], Chatbot], is_whole: Callable[[Chatbot], bool] = lambda _: True
    ) -> Chatbot:
        """``is_whole``: false of one that is to be loaded anew, because something may have come since."""
        with self._building:
            found = self._chatbots.pop(name, None)
            if found is None or not is_whole(found):
                found = load()
            self._chatbots[name] = found  # the latest last
            while len(self._chatbots) > _MOST_CHATBOTS:
                del self._chatbots[next(iter(self._chatbots))]
            return found

    @staticmethod
    def _built(config: str, _keys_changed: int) -> Writer:
        return build_writer(LLMConfig.model_validate_json(config))


def _name(config: Config) -> str:
    return config.model_dump_json(exclude={"llm"})


def service_of(connection: HTTPConnection) -> Service:
    """That of the program which answers this request."""
    service: Service = connection.app.state.service
    return service


async def _service_of(
    connection: HTTPConnection,
) -> Service:  # a function that is not async would get a thread
    return service_of(connection)


Served = Annotated[Service, Depends(_service_of)]
"""The service, as a parameter of a path."""
