"""The sections of the configuration with their defaults, each validated once and frozen ever after."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal, TypeVar
from urllib.parse import urlsplit

from platformdirs import user_cache_path
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails

from chatbot.config.owner import Owner
from chatbot.errors import ConfigError, Phrase

LISTWISE = "llm"  # reranker.backend: the language model that answers takes the second look ...
LANGUAGE_MODEL = "language-model"  # ... and reranker.model then
# section -> (key, companion, the companion's largest share of it)
_COMPANIONS = {"retrieval": [("k", "top_n", 1.0)], "splitter": [("chunk_size", "chunk_overlap", 0.2)]}


class Section(BaseModel):
    """Frozen, and a misspelt key is an error that names its path."""

    model_config = ConfigDict(extra="forbid", frozen=True)


AnySection = TypeVar("AnySection", bound=Section)


class IndexConfig(Section):
    """Which engine holds the index: ``[store]`` with ``backend`` and ``schema``; ``store = "folder"`` alone is sqlite.

    ``backend = "postgres"``: the database that the environment names (``SECONDLOOK_DSN``, or libpq's own variables), and
    in it the schema ``schema``. The folder then keeps what belongs to this machine.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, validate_by_name=True)

    backend: str = "sqlite"
    schema_name: str = Field("secondlook", alias="schema", pattern="^[a-z_][a-z0-9_]{0,62}$")


class EmbeddingConfig(Section):
    """The bi-encoder that turns questions and chunks into vectors."""

    backend: str = "huggingface"
    model: str = "package:multilingual-e5-small"
    options: dict[str, Any] = Field(default_factory=dict)


class RerankerConfig(Section):
    """Who takes the second look. ``enabled = false`` keeps the retrieval order.

    ``model``: ``late-interaction``, which compares the token vectors of multilingual-e5-small, or a cross-encoder.
    With ``backend = "llm"`` the language model that answers puts the first candidates in order, and ``model`` is left out.
    ``budget_ms``: milliseconds after which no more candidates are scored, the best retrieved ones first;
    0 scores them all. ``cached_scores``: scores remembered for questions asked again; 0 remembers nothing at all.
    ``token_vectors``: how finely late interaction's view of each passage is kept in the index; ``off``: not at all.
    """

    backend: str = "sentence-transformers"
    model: str = "late-interaction"
    options: dict[str, Any] = Field(default_factory=dict)
    enabled: bool = True
    budget_ms: float = Field(0.0, ge=0, le=60_000)
    cached_scores: int = Field(50_000, ge=0, le=1_000_000)
    token_vectors: Literal["off", "small", "standard"] = "standard"

    @field_validator("model")
    @classmethod
    def _by_its_name_of_today(cls, model: str) -> str:
        return "late-interaction" if model == "package:secondlook-reranker" else model

    @model_validator(mode="before")
    @classmethod
    def _model_of_backend(cls, data: Any) -> Any:
        """The default is the backend's own: no weights stand for a language model."""
        if not isinstance(data, dict):
            return data
        defaults, is_llm = ("late-interaction", LANGUAGE_MODEL), data.get("backend") == LISTWISE
        if data.get("model", defaults[0]) in defaults:
            return {**data, "model": defaults[is_llm]}
        if is_llm:
            raise ValueError("backend llm takes no model: the one in the section llm takes the second look")
        return data


class ListwiseOptions(Section):
    """``reranker.options`` of a language model: how many of the first candidates it is shown, and how much of each.

    ``passage_tokens``: as estimated, 160 Korean syllables or 480 Latin letters.
    """

    candidates: int = Field(10, ge=2, le=20)
    passage_tokens: int = Field(160, ge=32, le=1000)


class LLMLimits(Section):
    """How long a language model may keep the user waiting, in seconds, and how often it is tried."""

    first_token_s: float = Field(30.0, gt=0)
    idle_s: float = Field(20.0, gt=0)
    total_s: float = Field(120.0, gt=0)
    tries: int = Field(3, ge=1, le=3)


class LLMConfig(Section):
    """Who writes the answer. ``model`` empty means the backend's own default.

    ``allow_private``: addresses inside this network may be typed on the page. ``owner``: what the owner has said of
    addresses and keys, which no file can hold; ``None`` for settings that a program made itself.
    """

    backend: str = "extractive"
    model: str = ""
    options: dict[str, Any] = Field(default_factory=dict)
    temperature: float = Field(0.1, ge=0, le=2)
    context_window: int = Field(8192, ge=512, description="tokens")
    max_tokens: int = Field(512, ge=16, description="tokens of answer at most")
    limits: LLMLimits = LLMLimits()
    allow_private: bool = False
    owner: Owner | None = None


class SharingConfig(Section):
    """A page that others use, too. ``backends``: ``backend`` or ``backend:model`` that they may choose besides ``[llm]``."""

    backends: tuple[str, ...] = ()


class WebConfig(Section):
    """Pages that are fetched by their address. ``allow_private``: from inside this network too."""

    allow_private: bool = False


class SplitterConfig(Section):
    """How documents become chunks. Sizes are in characters."""

    kind: Literal["structure", "recursive"] = "structure"
    chunk_size: int = Field(500, ge=50, le=8000)
    chunk_overlap: int = Field(100, ge=0)

    @model_validator(mode="after")
    def _overlap_is_smaller(self) -> SplitterConfig:
        if self.chunk_overlap >= self.chunk_size:
            raise ValueError("chunk_overlap must be smaller than chunk_size")
        return self


class RetrievalConfig(Section):
    """``k`` candidates are retrieved and reranked; the best ``top_n`` become sources.

    ``both_languages``: where passages are in the other language, a language model that is chosen translates the question
    for the search, in one more call.
    """

    k: int = Field(20, ge=1, le=200)
    top_n: int = Field(3, ge=1, le=50)
    both_languages: bool = True

    @model_validator(mode="after")
    def _sources_are_candidates(self) -> RetrievalConfig:
        if self.top_n > self.k:
            raise ValueError("top_n must not be larger than k")
        return self


class LimitsConfig(Section):
    """What one person may do, on the page and with their API keys. 0: no limit. Not set: no limit where nobody signs in,
    else the numbers of ``chatbot/limits/allowance.py``. ``answers_at_once``: for programs; ``texts_per_minute``: embedded
    or ranked for them. ``storage_mb``: of the index that is added to."""

    questions_per_minute: int | None = Field(None, ge=0, le=100_000)
    answers_at_once: int | None = Field(None, ge=0, le=10_000)
    texts_per_minute: int | None = Field(None, ge=0, le=100_000_000)
    upload_files_per_hour: int | None = Field(None, ge=0, le=10_000_000)
    upload_mb_per_hour: int | None = Field(None, ge=0, le=10_000_000)
    storage_mb: int | None = Field(None, ge=0, le=1_000_000_000)


class ApiConfig(Section):
    """The interface for programs (``secondlook serve``). ``origins``: web pages of elsewhere that may use it, none unless
    named. ``answers_at_once``: as many are found and written side by side, ``waiting`` more wait for their turn."""

    origins: tuple[str, ...] = ()
    answers_at_once: int = Field(64, ge=1, le=512)
    waiting: int = Field(64, ge=0, le=10_000)


class AnswerConfig(Section):
    """``refuse_below``: probability under which a question counts as not answered by the documents;
    ``None`` takes the threshold that was calibrated with the reranker, 0 never refuses."""

    refuse_below: float | None = Field(None, ge=0, le=1)


class SignInConfig(Section):
    """People who sign in. ``admins``: their e-mail addresses, or the provider's own names for them, ``iss#sub``.

    ``trust_email``: an address counts though the provider does not say that it has verified it.
    """

    admins: tuple[str, ...] = ()
    trust_email: bool = False


class AuditConfig(Section):
    """The log of who changed what. ``questions``: what was asked stands in it too; ``most_events``: older ones go."""

    questions: bool = False
    most_events: int = Field(50_000, ge=100, le=1_000_000)


class TelemetryConfig(Section):
    """What an operator sees; all of it off unless set, and only in the owner's own file or that of ``--config``.

    ``logs``: ``json`` writes one object a line on stderr. ``slow_question_s``: a question that takes longer is logged;
    0: none is. ``metrics``: ``/metrics`` for Prometheus. ``traces``: the address that gets them by OTLP over HTTP.
    ``share``: of the questions that are traced. ``text``: questions and passages go into traces and logs.
    ``paths``: absolute paths go into logs.
    """

    logs: Literal["text", "json"] = "text"
    slow_question_s: float = Field(0.0, ge=0, le=86_400)
    metrics: bool = False
    traces: str = ""
    share: float = Field(1.0, ge=0, le=1)
    text: bool = False
    paths: bool = False

    @field_validator("traces")
    @classmethod
    def _is_an_address(cls, address: str) -> str:
        try:
            parts = urlsplit(address)
            is_address = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        except ValueError:
            is_address = False
        if address and not is_address:
            raise ValueError("must be an address like http://127.0.0.1:4318/v1/traces")
        if address and parts.path in ("", "/"):
            return f"{address.rstrip('/')}/v1/traces"
        return address

    @property
    def is_on(self) -> bool:
        """Whether somebody is to be told of questions."""
        return self.logs == "json" or self.slow_question_s > 0 or self.metrics or bool(self.traces)


class Config(Section):
    """All settings. Build it with ``load_config``."""

    store: Path = Path(".secondlook")
    index: IndexConfig = IndexConfig()
    models_cache: Path = Field(default_factory=lambda: user_cache_path("secondlook"))
    embedding: EmbeddingConfig = EmbeddingConfig()
    reranker: RerankerConfig = RerankerConfig()
    llm: LLMConfig = LLMConfig()
    splitter: SplitterConfig = SplitterConfig()
    web: WebConfig = WebConfig()
    retrieval: RetrievalConfig = RetrievalConfig()
    answer: AnswerConfig = AnswerConfig()
    limits: LimitsConfig = LimitsConfig()
    sharing: SharingConfig = SharingConfig()
    sign_in: SignInConfig = SignInConfig()
    audit: AuditConfig = AuditConfig()
    api: ApiConfig = ApiConfig()
    telemetry: TelemetryConfig = TelemetryConfig()

    @field_validator("store", "models_cache")
    @classmethod
    def _home_is_expanded(cls, path: Path) -> Path:
        return path.expanduser()

    @model_validator(mode="before")
    @classmethod
    def _store_with_its_engine(cls, data: Any) -> Any:
        """``[store]`` as a section: its path is ``store``, the rest is ``index``."""
        if not isinstance(data, dict) or not isinstance(data.get("store"), dict):
            return data
        section = dict(data["store"])
        rest = {key: value for key, value in data.items() if key != "store"}
        return {**rest, **({"store": section.pop("path")} if "path" in section else {}), "index": section}

    def with_(self, **sections: dict[str, Any] | Path) -> Config:
        """A validated copy: ``config.with_(retrieval={"k": 10}, store=path)``. ``None`` values are ignored.

        A smaller ``k`` alone takes ``top_n`` down with it, and a smaller ``chunk_size`` the overlap.
        """
        data = self.model_dump()
        if sections.get("store") not in (None, self.store) and "index" not in sections:
            data["index"] = {}  # a folder alone is an index in that folder
        for name, change in sections.items():
            if isinstance(change, dict):
                given = {k: v for k, v in change.items() if v is not None}
                data[name].update(given)
                for key, companion, share in _COMPANIONS.get(name, ()):
                    if key in given and companion not in given:
                        data[name][companion] = min(data[name][companion], int(given[key] * share))
            else:
                data[name] = change
        return validate(Config, data, "settings")

    def with_llm(self, name: str | None) -> Config:
        """A copy that answers with ``backend`` or ``backend:model``; another backend starts from its own defaults."""
        if not name:
            return self
        backend, _, model = name.partition(":")
        change: dict[str, Any] = {"backend": backend}
        if backend != self.llm.backend:
            change.update(model="", options={})
        if model:
            change["model"] = model
        return self.with_(llm=change)


def read_options(section: str, options: dict[str, Any], shape: type[AnySection]) -> AnySection:
    """A backend's own options, validated; ``ConfigError`` names ``section`` and the key."""
    return validate(shape, options, f"{section}.options")


def validate(shape: type[AnySection], data: dict[str, Any], origin: str) -> AnySection:
    """``data`` as a section; ``ConfigError`` names ``origin`` and every key that does not fit."""
    try:
        return shape.model_validate(data)
    except ValidationError as error:
        problems = Phrase.joined(map(_problem, error.errors()))
        raise ConfigError("{origin}: {problems}", origin=origin, problems=problems) from error


# the words of pydantic's own messages before what they ask for
_ASKED = (
    "Input should be a valid ", "Input should be greater than or equal to ", "Input should be greater than ",
    "Input should be less than or equal to ", "Input should be less than ", "Input should be ",
)  # fmt: skip


def _problem(fault: ErrorDetails) -> str:
    """One fault of a value in the configuration, as a phrase."""
    key = ".".join(map(str, fault["loc"])) or "config"
    key = f"store{key.removeprefix('index')}" if key.startswith("index.") else key
    said = fault["msg"].removeprefix("Value error, ")
    if asked := next((words for words in _ASKED if said.startswith(words)), ""):
        return Phrase(f"{{key}}: {asked}{{asked}}", key=key, asked=said.removeprefix(asked))
    return Phrase(f"{{key}}: {said}", key=key)
