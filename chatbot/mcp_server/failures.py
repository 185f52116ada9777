"""Errors as a client reads them: one sentence on what happened and one on what to do, with which a model can go on."""

from __future__ import annotations

import logging

import mcp_types as types
from pydantic import ValidationError

from chatbot.errors import ChatbotError

logger = logging.getLogger(__name__)

_NAMED = 5  # arguments that are wrong


def message_of(error: Exception) -> str:
    """What is said of an error. What nobody expected says nothing of itself, and is in the log."""
    if isinstance(error, ValidationError):
        return _arguments(error)
    if isinstance(error, ChatbotError) or type(error).__name__ == "Problem":  # of the API, which loads late
        return str(error)
    logger.error("a tool failed", exc_info=error)
    return "something unexpected went wrong; the server's log on stderr has it"


def failed(error: Exception) -> types.CallToolResult:
    """The result of a tool that failed: no error of the protocol, so that the model sees it."""
    return types.CallToolResult(
        content=[types.TextContent(type="text", text=f"Error: {message_of(error)}")], is_error=True
    )


def _arguments(error: ValidationError) -> str:
    """Which arguments are wrong, and how; their values are not repeated."""
    faults = error.errors(include_url=False, include_context=False, include_input=False)
    sentences = []
    for fault in faults[:_NAMED]:
        place = ".".join(str(part)[:60] for part in fault["loc"])
        what = str(fault["msg"]).removeprefix("Value error, ")
        sentences.append(f"{place}: {what}" if place else what)
    more = f"; and {len(faults) - _NAMED} more" if len(faults) > _NAMED else ""
    return f"these arguments do not fit the tool's schema: {'; '.join(sentences)}{more}; correct them and call it again"
