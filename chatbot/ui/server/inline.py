"""Scripts that stand inside the page's HTML: the browser runs those of ``assets/inline``, by their hashes, and no others."""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from functools import cache
from pathlib import Path

import streamlit

_OURS = Path(__file__).parents[1] / "assets" / "inline"
_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)


@cache
def inline_script(name: str) -> str:
    """The element with the script ``assets/inline/NAME.js``."""
    return f"<script>{_OURS.joinpath(f'{name}.js').read_text('utf-8')}</script>"


@cache
def script_hashes() -> str:
    """As a policy lists them: of our own scripts, and of those in Streamlit's page."""
    page = Path(str(streamlit.__file__)).parent / "static" / "index.html"
    scripts = _SCRIPT.findall(page.read_text("utf-8"))
    scripts += [file.read_text("utf-8") for file in sorted(_OURS.glob("*.js"))]
    return " ".join(
        f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for text in scripts
    )
