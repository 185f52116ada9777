"""The bi-encoder: texts -> vectors of length 1."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from chatbot.config import Config, Section, read_options
from chatbot.errors import ModelError
from chatbot.models import folders, language_direction
from chatbot.models.batching import like_lengths
from chatbot.models.registry import Registry
from chatbot.store.records import StoreIdentity
from chatbot.text.invisible import without_invisible

if TYPE_CHECKING:
    from llama_index.core.base.embeddings.base import BaseEmbedding

EMBEDDINGS: Registry[Callable[[Config], BaseEmbedding]] = Registry("embedding")


_loading = threading.Lock()
_loaded: WeakValueDictionary[tuple[object, ...], BaseEmbedding] = WeakValueDictionary()


@dataclass(frozen=True, slots=True)
class EmbeddingFingerprint:
    """What makes two vectors comparable. The index stores it and refuses another one."""

    backend: str
    model: str
    sha256: str
    query_prefix: str
    text_prefix: str
    max_length: int

    @property
    def key(self) -> str:
        """Short hash of all fields but the model's name: the same weights under another name still match."""
        fields = asdict(self)
        del fields["model"]
        return hashlib.sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()[:16]


def fingerprint(config: Config) -> EmbeddingFingerprint:
    """The fingerprint of the configured model, from its files alone: nothing is loaded, milliseconds."""
    section = config.embedding
    EMBEDDINGS.get(section.backend)  # a misspelt name is said to be one, not a mismatch with the index
    query, text = _prefixes(config)
    sha256 = (
        folders.resolve(section.model, config.models_cache).sha256 if section.backend == "huggingface" else ""
    )
    return EmbeddingFingerprint(section.backend, section.model, sha256, query, text, _max_length(config))


def store_identity(config: Config) -> StoreIdentity:
    """What the configured embedding model writes into an index, from its files alone: nothing is loaded."""
    made_by = fingerprint(config)
    return StoreIdentity(made_by.key, made_by.model)


def known_dimension(config: Config) -> int | None:
    """How many numbers a vector will have, from the model's files alone; ``None`` where they do not say."""
    if config.embedding.backend != "huggingface":
        return None
    folder = folders.resolve(config.embedding.model, config.models_cache).path
    try:
        modules = json.loads((folder / "modules.json").read_text("utf-8"))
        kinds = [str(module["type"]).rpartition(".")[2] for module in modules]
        pooling = json.loads((folder / "1_Pooling" / "config.json").read_text("utf-8"))
        modes = sum(value is True for name, value in pooling.items() if name.startswith("pooling_mode_"))
        size = json.loads((folder / "config.json").read_text("utf-8"))["hidden_size"]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    # a layer that changes the size, or two ways of pooling side by side, give another number
    plain = kinds in (["Transformer", "Pooling"], ["Transformer", "Pooling", "Normalize"]) and modes == 1
    return size if plain and isinstance(size, int) else None


def build_embedding(config: Config) -> BaseEmbedding:
    """The configured embedding model, a LlamaIndex ``BaseEmbedding``."""
    return EMBEDDINGS.get(config.embedding.backend)(config)


@EMBEDDINGS.register("huggingface")
def _huggingface(config: Config) -> BaseEmbedding:
    from chatbot.models.dtype import fastest_dtype
    from chatbot.models.loading import quiet_loading
    from chatbot.retrieval.local_embedding import LocalEmbedding

    folder = folders.resolve(config.embedding.model, config.models_cache)
    query, text = _prefixes(config)
    dtype = fastest_dtype(config.models_cache)
    # the weights take 400 MB: chatbots that differ in other settings use one copy, as long as one of them is there
    key = (folder.path, folder.sha256, _max_length(config), query, text, dtype)
    with _loading:
        if (shared := _loaded.get(key)) is not None:
            return shared
        with quiet_loading(folder):
            _loaded[key] = loaded = LocalEmbedding(
                str(folder.path),
                max_length=_max_length(config),
                query_instruction=query,
                text_instruction=text,
                model_kwargs={"dtype": dtype},
            )
            if folder.path == folders.resolve(folders.E5_SMALL, config.models_cache).path:
                loaded._knows_language_direction = True
    return loaded


def embed_texts(model: BaseEmbedding, texts: Sequence[str]) -> NDArray[np.float32]:
    """Vectors of shape (len(texts), dimension), rows of length 1.

    Sorted by length first, so that a batch, of any backend, pads to its own longest text.
    """
    order = [i for batch in like_lengths(texts, model.embed_batch_size) for i in batch]
    vectors = model.get_text_embedding_batch([texts[i] for i in order])
    result = np.empty((len(texts), len(vectors[0]) if vectors else 0), dtype=np.float32)
    result[order] = vectors
    return _unit(result, model)


def embed_query(model: BaseEmbedding, question: str) -> NDArray[np.float32]:
    """The question's vector, of shape (dimension,) and length 1."""
    vectors = np.asarray([model.get_query_embedding(without_invisible(question))], dtype=np.float32)
    vector: NDArray[np.float32] = _unit(vectors, model)[0]
    return vector


def question_vector(model: BaseEmbedding, question: str) -> NDArray[np.float32]:
    """What passages are searched with: ``embed_query``, with less of what only says in which language ``question`` is."""
    vector = embed_query(model, question)
    knows_direction = getattr(model, "_knows_language_direction", False)
    return language_direction.turned_embeddings(vector) if knows_direction else vector


def _unit(vectors: NDArray[np.float32], model: BaseEmbedding) -> NDArray[np.float32]:
    # the model normalises in its own dtype: bfloat16 leaves lengths off by up to 0.4 %
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    if not np.isfinite(lengths).all() or (lengths == 0).any():
        raise ModelError(
            "the embedding model {model} returned vectors that are not numbers; reinstall it",
            model=model.model_name,
        )
    unit: NDArray[np.float32] = vectors / lengths
    return unit


class _Options(Section):
    """``embedding.options``. Prefixes left out are those that e5 models were trained with, or none for others."""

    max_length: int = Field(512, ge=8, le=8192)
    query_prefix: str | None = None
    text_prefix: str | None = None


def _options(config: Config) -> _Options:
    return read_options("embedding", config.embedding.options, _Options)


def _prefixes(config: Config) -> tuple[str, str]:
    """What the model expects before a question and before a passage."""
    options = _options(config)
    query, text = ("query: ", "passage: ") if "e5" in config.embedding.model.lower() else ("", "")
    return (
        query if options.query_prefix is None else options.query_prefix,
        text if options.text_prefix is None else options.text_prefix,
    )


def _max_length(config: Config) -> int:
    return _options(config).max_length
