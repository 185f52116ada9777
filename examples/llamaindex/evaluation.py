"""LlamaIndex's evaluators over the query engine: is each answer borne out by its sources, and does it answer?"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from common import language_model, parser
from llama_index.core.evaluation import FaithfulnessEvaluator, RelevancyEvaluator
from llama_index.core.llms import LLM

from chatbot import Chatbot, load_chatbot


@dataclass(frozen=True)
class Judged:
    """A question's outcome; a refusal makes no claims, so it is not judged."""

    question: str
    refused: bool
    faithful: bool | None = None
    relevant: bool | None = None


async def evaluated(chatbot: Chatbot, llm: LLM, questions: Sequence[str]) -> list[Judged]:
    """``llm`` judges what ``chatbot`` answers."""
    engine = chatbot.as_query_engine()
    faithfulness, relevancy = FaithfulnessEvaluator(llm=llm), RelevancyEvaluator(llm=llm)
    judged = []
    for question in questions:
        response = await engine.aquery(question)
        if response.metadata and response.metadata["refused"]:
            judged.append(Judged(question, refused=True))
            continue
        faithful = await faithfulness.aevaluate_response(response=response)
        relevant = await relevancy.aevaluate_response(query=question, response=response)
        judged.append(Judged(question, False, bool(faithful.passing), bool(relevant.passing)))
    return judged


def main() -> None:
    options = parser(__doc__ or "").parse_args()
    for one in asyncio.run(evaluated(load_chatbot(), language_model(options), options.questions)):
        print(one)


if __name__ == "__main__":
    main()
