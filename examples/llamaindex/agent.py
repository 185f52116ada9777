"""An agent that has your documents as a tool: it decides when to ask them, and gets answers with checked citations."""

from __future__ import annotations

import asyncio

from common import language_model, parser
from llama_index.core.agent.workflow import ReActAgent
from llama_index.core.llms import LLM
from llama_index.core.tools import QueryEngineTool

from chatbot import Chatbot, load_chatbot

DESCRIPTION = (
    "Answers a question from the user's documents, with [n] after each sentence. "
    "If it says that the documents do not answer, say so to the user; do not answer from elsewhere."
)


def build_agent(chatbot: Chatbot, llm: LLM) -> ReActAgent:
    """``llm`` decides; ``chatbot`` finds, ranks, refuses and answers with the model of its own configuration."""
    documents = QueryEngineTool.from_defaults(
        chatbot.as_query_engine(), name="documents", description=DESCRIPTION
    )
    return ReActAgent(tools=[documents], llm=llm, streaming=False)


async def answered(agent: ReActAgent, question: str) -> tuple[str, list[str]]:
    """The agent's answer, and the documents behind what the tool said."""
    result = await agent.run(question)
    sources = [
        node.metadata["document"]
        for call in result.tool_calls
        if (output := call.tool_output.raw_output) is not None
        for node in getattr(output, "source_nodes", ())
    ]
    return str(result), list(dict.fromkeys(sources))


def main() -> None:
    options = parser(__doc__ or "").parse_args()
    agent = build_agent(load_chatbot(), language_model(options))
    for question in options.questions:
        text, sources = asyncio.run(answered(agent, question))
        print(text, *(f"- {source}" for source in sources), sep="\n")


if __name__ == "__main__":
    main()
