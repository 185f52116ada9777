"""The thumbs of the page as a set of questions: what was right once should stay right, what was wrong go away."""

from __future__ import annotations

from chatbot.config import Config
from chatbot.conversations.conversation_store import Conversations
from chatbot.conversations.feedback import feedback_questions
from evaluation.evaluate import Task, limit_questions
from evaluation.questions import QuestionsError, parse_questions


def feedback_task(config: Config, limit: int | None = None, owner: str | None = None) -> Task:
    """Every rated question of ``owner``'s conversations beside the configured index; of all for ``None``.

    Raises:
        QuestionsError: nothing has been rated.
        ConversationsError: the conversations cannot be read.
    """
    rated = Conversations.open(config, owner).rated() if Conversations.are_kept(config) else ()
    rows = feedback_questions(rated)
    if not rows:
        raise QuestionsError(
            f"no answer or source of {config.store} has been rated; press a thumb on the page, or ask your own questions with evaluate --questions FILE"
        )
    questions = parse_questions(f"the thumbs of {config.store}", enumerate(rows, 1))
    return Task("feedback", config, limit_questions(questions, limit), is_beir=False)
