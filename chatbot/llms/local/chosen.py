"""Who answers where nobody was named: the language model that was pulled, if there is one."""

from __future__ import annotations

from pathlib import Path

from chatbot.config import Config, LLMConfig
from chatbot.llms.local.catalogue import MODELS, file_of, pulled


def with_pulled(config: Config) -> Config:
    """``config`` with the pulled model as its writer, where its file names no ``llm.backend``.

    ``backend = "extractive"`` in the settings stays; ``gguf`` with the name of a pulled model, or without any, gets
    its file. Must be given what ``load_config`` returned: a copy no longer knows what was set.
    """
    if "backend" in config.llm.model_fields_set:
        return config.model_copy(update={"llm": with_file(config.llm, config.models_cache)})
    there = pulled(config.models_cache)
    if not there:
        return config
    llm = config.llm.model_copy(
        update={"backend": "gguf", "model": str(file_of(there[0], config.models_cache))}
    )
    return config.model_copy(update={"llm": llm})


def with_file(llm: LLMConfig, cache: Path) -> LLMConfig:
    """``llm`` with the path of its file where the ``gguf`` backend names a pulled model, or none."""
    if llm.backend != "gguf":
        return llm
    if llm.model in MODELS:
        return llm.model_copy(update={"model": str(file_of(MODELS[llm.model], cache))})
    there = pulled(cache)
    if llm.model or not there:
        return llm
    return llm.model_copy(update={"model": str(file_of(there[0], cache))})
