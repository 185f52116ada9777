"""What a question asks for: a passage that answers it, a summary, the list of documents, or just a hello."""

from chatbot.answering.requests.chosen import CHOICES, as_chosen
from chatbot.answering.requests.openers import without_opener
from chatbot.answering.requests.recognise import recognise

__all__ = ["CHOICES", "as_chosen", "recognise", "without_opener"]
