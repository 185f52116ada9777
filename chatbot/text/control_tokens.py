"""Tokens of chat templates that stand in a document: broken up before they reach a model, which would obey them."""

from __future__ import annotations

import re

# <|im_end|> <|start_header_id|> <｜User｜> <|turn> <channel|> <start_of_turn> [INST] <<SYS>> </s> <think> ...
_TOKENS = re.compile(
    r"<(?=[|｜]/?[^\s<>|｜]{1,40}(?:[|｜]>|>))"
    r"|<(?=[^\s<>|｜]{1,40}[|｜]>)"
    r"|<(?=/?(?:s|bos|eos|pad|unk|sop|eop|mask|think|thinking|tool_call|tool_response|tools|seed:think|im_start|im_end"
    r"|(?:start|end)_of_(?:turn|image|text|utterance)|(?:unused|extra_id_|reserved_)\d{1,4}|fim_(?:prefix|middle|suffix))>)"
    r"|<(?=</?SYS>>)"
    r"|\[(?=/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_RESULTS|TOOL_CALLS|TOOL_CONTENT|THINK|gMASK|IMG|ARGS|CALL_ID)\])",
    re.IGNORECASE,
)


def without_control_tokens(text: str) -> str:
    """``text`` with a space behind the first bracket of each such token: it reads the same and commands nothing."""
    return _TOKENS.sub(lambda found: f"{found[0]} ", text)
