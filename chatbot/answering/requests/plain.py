"""A question as the rules read it: one line, small letters, without what stands around the words."""

from __future__ import annotations

import re
import unicodedata

# signs, smileys and the laughter of Korean chats, in front of and behind the words
AROUND = " \t\n!?.,~^:;'\"()…·-–—*_ㅎㅋㅠㅜ。！？，、；："
_SPACES = re.compile(r"\s+")
_CURLY = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"'})


def plain(text: str) -> str:
    """``text`` in NFKC and small letters, with single spaces, and nothing but words at its ends."""
    straight = unicodedata.normalize("NFKC", text).translate(_CURLY).casefold()
    line = _SPACES.sub(" ", straight)
    end = len(line)
    while end and (line[end - 1] in AROUND or unicodedata.category(line[end - 1]) in ("So", "Cf", "Mn")):
        end -= 1
    return line[:end].lstrip(AROUND)
