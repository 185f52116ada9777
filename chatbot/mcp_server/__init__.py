"""The documents for assistants, over the Model Context Protocol: ``secondlook mcp``, and ``/mcp`` of ``secondlook serve``.

    a tool's name and arguments -> checked -> Visit (who asks, which notebook) -> a thread -> text and structured content

It does what the interface for programs does (``chatbot.api``), with the same rights. Nothing heavy is loaded before the
first tool is called, so that an editor which starts it waits for nothing.
"""

from __future__ import annotations

__all__: list[str] = []
