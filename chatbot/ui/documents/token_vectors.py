"""How much of the index is what the second look keeps of each passage."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from chatbot.config import Config
from chatbot.engine import Chatbot
from chatbot.models.folders import LATE_INTERACTION
from chatbot.rendering.safe import as_html
from chatbot.rendering.words import Say
from chatbot.store import Store
from chatbot.ui.documents.amounts import size
from chatbot.ui.notices import quiet

_known: WeakKeyDictionary[Store, tuple[int, tuple[int, int]]] = WeakKeyDictionary()


def draw_token_vectors(config: Config, chatbot: Chatbot, say: Say) -> None:
    """A line with their number and size; where there are none, how to get them, if the settings want them."""
    texts, taken = _size(chatbot.store)
    if texts:
        quiet("token_vectors", as_html(say("token_vectors", texts=f"{texts:,}", size=size(taken))))
    elif config.reranker.model == LATE_INTERACTION and config.reranker.token_vectors != "off":
        quiet("token_vectors", as_html(say("no_token_vectors")))


def _size(store: Store) -> tuple[int, int]:
    """Texts and bytes; counted anew only after the index has changed."""
    sequence, found = _known.get(store, (-1, (0, 0)))
    if sequence != (now := store.sequence()):
        with store.reading() as view:
            found = view.token_vector_size()
        _known[store] = (now, found)
    return found
