"""How a summary is to be told: its length, its language, as a list; read out of questions in Korean and English."""

from chatbot.answering.requests.forms.form import LANGUAGES, Form
from chatbot.answering.requests.forms.meaning import (
    asked_first,
    form_of,
    form_said,
    meant_before,
    only_says_how,
)

__all__ = ["LANGUAGES", "Form", "asked_first", "form_of", "form_said", "meant_before", "only_says_how"]
