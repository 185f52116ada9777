"""What the pictures need that nobody types: forty conversations, and documents with the names that people and attackers use."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from chatbot.conversations import Conversations

_QUESTIONS = (
    "How many days a week may I work from home?", "When do I need a doctor's note?", "필터는 얼마나 자주 교체해야 하나요?",
    "What limits how good a reranker can get?", "Word2Vec 에 대해서 알려줄래?", "Who approves a trip to a customer in another country, and how long before?",
    "What are the core hours?", "물걸레질은 어떻게 시작하나요?", "Summarise the handbook", "How do I choose k and top_n?",
)  # fmt: skip
_PINNED = (7, 21)
HOSTILE_NAMES = (
    "invoice\u202efdp.exe.md", "عقد الإيجار النهائي.md", "🧾🔥 receipts (final) (2) 👩\u200d💻.md", "<img src=x onerror=alert(1)>.md",
    "**bold** [link](http:) `code` &amp; $x$.md", f"quarterly-report-{'very-long-name-' * 11}2026.md", "비밀\u200b번호\u00a0목록.md",
    "2026년 상반기 개인정보 처리 방침 개정 검토 의견서(최종)(진짜최종) 수정본_v12.md",
)  # fmt: skip


def seed_conversations(store: Path, count: int = 40) -> None:
    """Copies of the newest kept exchange under other questions, over the last weeks; two of them pinned."""
    kept = Conversations.open(store)
    first = kept.list()[0]
    record = kept.exchanges(first.id)[0].record
    moments = {}
    for number in range(count - 1):
        question = _QUESTIONS[number % len(_QUESTIONS)]
        conversation = kept.create()
        kept.add(conversation, replace(record, question=question))
        moments[conversation] = datetime.now(UTC) - timedelta(hours=7 * number, minutes=11 * number)
        if number in _PINNED:
            kept.pin(conversation)
    with closing(sqlite3.connect(kept.name[0])) as database:
        for conversation, moment in moments.items():
            database.execute(
                "UPDATE conversation SET updated = ? WHERE id = ?", (moment.isoformat(), conversation)
            )
        database.commit()


def make_hostile_documents(folder: Path) -> None:
    """Small documents whose names are anything; one of them cannot be read."""
    folder.mkdir()
    for number, name in enumerate(HOSTILE_NAMES):
        text = f"# Note {number}\n\nThe meeting room {number} is on floor {number + 1}, next to the stairs.\n"
        (folder / name).write_text(text, "utf-8")
    (folder / "broken <b>scan<b>.pdf").write_bytes(b"%PDF-1.7 and no more")
