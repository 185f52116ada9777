"""The chatbot: one question from its text to its answer, all of it kept. To be read in this order:

    chatbot       what can be asked for; ``Chatbot.ask`` is the whole way: recognise -> one of the answers below
    question      what travels along: the request, the settings of this question, its documents, who writes
    looking_up    condense -> search -> a figure from a table, or cite -> answer
    in_parts      a comparison, a collection, several questions: each part is searched, all are answered together
    searching     retrieve -> second look -> gate
    models        the embedding model, the reranker and what was measured for them, loaded on first use
    again         an answer once more, by another writer or in another order
    checking      each cited sentence against its sources
    suggesting    questions that were found to be answered

Talk, the library, whole documents and rows of tables need no search: ``chatbot.answering.direct``.
"""

from chatbot.engine.chatbot import Chatbot, load_chatbot

__all__ = ["Chatbot", "load_chatbot"]
