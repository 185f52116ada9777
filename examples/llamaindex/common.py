"""What the examples share: their options, and a language model that speaks OpenAI's protocol."""

from __future__ import annotations

import argparse
import os
from typing import TYPE_CHECKING

from llama_index.llms.openai_like import OpenAILike

if TYPE_CHECKING:
    from llama_index.core.llms import LLM


def parser(description: str) -> argparse.ArgumentParser:
    """The options that all of them take."""
    options = argparse.ArgumentParser(description=description)
    options.add_argument("questions", nargs="+", metavar="QUESTION")
    options.add_argument("--api-base", default="http://127.0.0.1:11434/v1", help="for example Ollama's")
    options.add_argument("--model", required=True)
    return options


def language_model(options: argparse.Namespace) -> LLM:
    """The model of ``--api-base``; its key, where it needs one, is in OPENAI_API_KEY."""
    return OpenAILike(
        model=options.model,
        api_base=options.api_base,
        api_key=os.environ.get("OPENAI_API_KEY", "none"),
        is_chat_model=True,
        timeout=120,
    )
