"""Names inside our own Markdown: shown as they are, whatever they hold."""

from __future__ import annotations

import re

from chatbot.text.invisible import on_one_line, visible

# an underscore inside a word is only an underscore, a dollar without another after it is no formula; a number with a dot
# begins a list at the start of a line alone
_ANYWHERE = r"[\\`*\[\]]|(?<![^\W_])_|_(?![^\W_])|\$(?=.*\$)"
_INSIDE = re.compile(_ANYWHERE)
_MARKUP = re.compile(_ANYWHERE + r"|^[-+#>=]|(?<=^\d)[.)]|(?<=^\d\d)[.)]")


def literally(name: str, *, begins_line: bool = True) -> str:
    """``name`` on one line as Markdown that shows it: of a file "report [1].pdf" no citation is made.

    Characters that nobody sees stand there by their code points: "invoice⟨U+202E⟩fdp.exe" is no "invoiceexe.pdf".

    ``begins_line``: where it may stand at the beginning of a line, and "- " would begin a list.
    """
    return (_MARKUP if begins_line else _INSIDE).sub(r"\\\g<0>", visible(on_one_line(name)))
