"""A router over two notebooks: a language model chooses by their descriptions which one is asked."""

from __future__ import annotations

from collections.abc import Mapping

from common import language_model, parser
from llama_index.core.llms import LLM
from llama_index.core.query_engine import RouterQueryEngine
from llama_index.core.selectors import LLMSingleSelector
from llama_index.core.tools import QueryEngineTool

from chatbot import Chatbot, Library, load_config
from chatbot.notebooks import ALONE


def build_router(notebooks: Mapping[str, Chatbot], llm: LLM) -> RouterQueryEngine:
    """Over ``{description: chatbot}``; what is answered comes from one of them, with its sources."""
    tools = [
        QueryEngineTool.from_defaults(chatbot.as_query_engine(), description=description)
        for description, chatbot in notebooks.items()
    ]
    return RouterQueryEngine(LLMSingleSelector.from_defaults(llm=llm), tools, llm=llm)


def main() -> None:
    options = parser(__doc__ or "")
    options.add_argument("--notebook", action="append", required=True, help="twice or more: its name")
    given = options.parse_args()
    library = Library(load_config())
    chatbots = {f"Documents of {name}": library.open(name, ALONE).load() for name in given.notebook}
    router = build_router(chatbots, language_model(given))
    for question in given.questions:
        response = router.query(question)
        print(response)
        print(*(f"- {node.metadata['document']}" for node in response.source_nodes), sep="\n")


if __name__ == "__main__":
    main()
