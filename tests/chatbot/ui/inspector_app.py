"""A page that is nothing but the inspector, open on one answer: ``streamlit run inspector_app.py -- LLM_ADDRESS``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import streamlit as st

from chatbot import ui
from chatbot.answering.answer import Answer
from chatbot.config import Config
from chatbot.engine import Chatbot
from chatbot.rendering.words import Say
from chatbot.trace import Candidate, Gate, Scores, Search, SecondLook, Sentence, Source, Timings
from chatbot.ui.choices import Settings
from chatbot.ui.inspector.inspector import inspector

NAME = "notes/![n](http:\\\\127.0.0.1:9\\n.png) <img src=x onerror=alert(1)>.md"


@st.cache_resource
def answer() -> Answer:
    """Nine candidates with hostile names, the ninth moved to the top; an answer that cites it."""
    candidates = tuple(
        Candidate(
            rank, NAME, f"Passage {rank} <img src='http://127.0.0.1:9/p.png'>.", (0, 40), page=rank,
            heading=("<script>alert(1)</script>",), rank=rank, dense_rank=rank, fused_rank=10 - rank, reranked_rank=rank,
            scores=Scores(dense=0.9, fused=rank / 10, rerank=3.0 - rank, combined=3.0 - rank, probability=0.9 - rank / 20),
            kept=rank <= 3,
        )
        for rank in range(1, 10)
    )  # fmt: skip
    search = Search("q", "q", candidates, SecondLook("m", "applied"), Gate(False), Timings())
    sources = tuple(Source(c.rank, c, (Sentence(0, 40, 1.0),)) for c in search.kept)
    found = Answer(search, sources, "extractive", iter(["Quoted [1]."]))
    assert found.text
    return found


folder = Path(ui.__file__).parent / "assets" / "styles"
for sheet in ("tokens.css", "page.css", "sources.css", "inspector.css"):
    st.html(folder / sheet)
no_store: Any = None  # nothing is searched
config = Config().with_(
    embedding={"model": "one that nothing was calibrated for"},  # so nothing is refused
    llm={"backend": "openai-like", "options": {"api_base": sys.argv[1]}},
)
say = Say("en")
settings = Settings(config.llm, 9, 3, rerank=True)
st.dialog(say("why"), width="large")(inspector)(answer(), Chatbot(config, no_store), settings, say)
