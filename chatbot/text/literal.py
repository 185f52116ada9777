"""Names inside our own Markdown: shown as they are, whatever they hold."""

from __future__ import annotations

import re

from chatbot.text.invisible import clean_line

# an underscore inside a word is only an underscore; a number with a dot begins a list at the start of a line alone
_MARKUP = re.compile(r"[\\`*\[\]]|(?<![^\W_])_|_(?![^\W_])|^[-+#>=]|(?<=^\d)[.)]|(?<=^\d\d)[.)]")


def literally(name: str) -> str:
    """``name`` on one line as Markdown that shows it: of a file "report [1].pdf" no citation is made."""
    return _MARKUP.sub(r"\\\g<0>", clean_line(name))
