"""Clients that nobody here wrote, on loopback: what they are asked, and what comes back. Those that are not installed are skipped.

    pip install litellm langchain-openai cohere llama-index-postprocessor-cohere-rerank llama-index-postprocessor-jinaai-rerank
    pytest -m slow tests/chatbot/api/test_clients.py

docs/api.md has the versions with which this was done.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from chatbot.api.service import Service
from fakes.api_client import server_of
from fakes.llm_server import FakeLLMServer

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]  # their warnings are their own

ASKED = "How many days of annual leave are there?"
REPLY = "There are 25 days of leave [1]. They are taken by March [2]."
QUERY = "How often is the filter changed?"
DOCUMENTS = ["The house is green.", "The filter is changed every 90 days.", "Cats sleep a lot."]


def installed(name: str) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pytest.importorskip(name, reason=f"{name} is not installed")


@pytest.fixture
def address(service: Service, fake_llm: FakeLLMServer) -> Iterator[str]:
    fake_llm.reply = REPLY
    with server_of(service) as found:
        yield found


def test_openai_reads_an_answer_its_citations_a_stream_and_vectors(address: str) -> None:
    openai = installed("openai")
    with openai.OpenAI(base_url=f"{address}/v1", api_key="any") as client:
        assert "secondlook" in [model.id for model in client.models.list()]
        messages = [{"role": "user", "content": ASKED}]
        whole = client.chat.completions.create(model="secondlook", messages=messages)
        assert whole.choices[0].message.content == REPLY
        notes = whole.choices[0].message.annotations
        assert [note.type for note in notes] == ["url_citation"] * 2
        assert [REPLY[note.url_citation.start_index : note.url_citation.end_index] for note in notes] == [
            "[1]",
            "[2]",
        ]
        assert whole.secondlook["sources"][0]["number"] == 1
        stream = client.chat.completions.create(
            model="secondlook", messages=messages, stream=True, stream_options={"include_usage": True}
        )
        chunks = list(stream)
        assert "".join(c.choices[0].delta.content or "" for c in chunks if c.choices) == REPLY
        assert chunks[-1].usage.total_tokens > 0
        vectors = client.embeddings.create(
            model="any", input=DOCUMENTS, dimensions=64
        )  # asks for base64 by itself
        assert np.allclose([np.linalg.norm(row.embedding) for row in vectors.data], 1, atol=1e-3)
        with pytest.raises(openai.NotFoundError) as error:
            client.chat.completions.create(model="nobody", messages=messages)
        assert error.value.code == "model_not_found"


def test_llama_index_openai_like_chats_and_streams(address: str) -> None:
    installed("llama_index.llms.openai_like")
    from llama_index.core.llms import ChatMessage
    from llama_index.llms.openai_like import OpenAILike

    llm = OpenAILike(
        model="secondlook", api_base=f"{address}/v1", api_key="any", is_chat_model=True, max_retries=0
    )
    message = [ChatMessage(role="user", content=ASKED)]
    assert llm.chat(message).message.content == REPLY
    assert "".join(part.delta or "" for part in llm.stream_chat(message)) == REPLY


def test_litellm_completes_and_streams(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LITELLM_LOCAL_MODEL_COST_MAP", "True")  # else it is fetched from the internet
    litellm = installed("litellm")
    asked = {"model": "openai/secondlook", "api_base": f"{address}/v1", "api_key": "any",
             "messages": [{"role": "user", "content": ASKED}]}  # fmt: skip
    assert litellm.completion(**asked).choices[0].message.content == REPLY
    parts = litellm.completion(**asked, stream=True)
    assert "".join(part.choices[0].delta.content or "" for part in parts) == REPLY


def test_langchain_openai_invokes_streams_and_embeds(address: str) -> None:
    langchain = installed("langchain_openai")
    llm = langchain.ChatOpenAI(model="secondlook", base_url=f"{address}/v1", api_key="any", max_retries=0)
    assert llm.invoke(ASKED).content == REPLY
    assert "".join(part.content for part in llm.stream(ASKED)) == REPLY
    vectors = langchain.OpenAIEmbeddings(
        model="any", base_url=f"{address}/v1", api_key="any", check_embedding_ctx_length=False
    )
    assert len(vectors.embed_documents(DOCUMENTS)) == 3


@pytest.mark.parametrize("version", ["Client", "ClientV2"])
def test_cohere_reranks(address: str, version: str) -> None:
    cohere = installed("cohere")
    client = getattr(cohere, version)(api_key="any", base_url=address)
    ranked = client.rerank(model="any", query=QUERY, documents=DOCUMENTS, top_n=2)
    assert ranked.results[0].index == 1
    assert len(ranked.results) == 2
    assert 0.5 < ranked.results[0].relevance_score <= 1


def test_llama_index_cohere_rerank_orders_nodes(address: str) -> None:
    installed("llama_index.postprocessor.cohere_rerank")
    from llama_index.core.schema import NodeWithScore, TextNode
    from llama_index.postprocessor.cohere_rerank import CohereRerank

    nodes = [NodeWithScore(node=TextNode(text=text), score=0.1) for text in DOCUMENTS]
    ranked = CohereRerank(api_key="any", base_url=address, model="any", top_n=1).postprocess_nodes(
        nodes, query_str=QUERY
    )
    assert [node.text for node in ranked] == [DOCUMENTS[1]]


def test_llama_index_jina_rerank_orders_nodes(address: str) -> None:
    installed("llama_index.postprocessor.jinaai_rerank")
    from llama_index.core.schema import NodeWithScore, TextNode
    from llama_index.postprocessor.jinaai_rerank import JinaRerank

    nodes = [NodeWithScore(node=TextNode(text=text), score=0.1) for text in DOCUMENTS]
    ranker = JinaRerank(api_key="any", base_url=f"{address}/v1", model="any", top_n=1)
    assert [node.text for node in ranker.postprocess_nodes(nodes, query_str=QUERY)] == [DOCUMENTS[1]]
