"""``secrets.toml`` is read where it is asked for and sets no variable of this process.

Streamlit makes an environment variable of every line. A file in the folder in which the page is started could thus name
a proxy and the certificates to believe, and read every key and every passage on their way to a vendor.
"""

from __future__ import annotations

from typing import Any

from streamlit.runtime.secrets import Secrets


def keep_out_of_the_environment() -> None:
    """From now on, also when the file is read again because it changed."""
    Secrets._maybe_set_environment_variable = staticmethod(_nothing)  # type: ignore[method-assign, assignment]


def _nothing(_name: Any, _value: Any) -> None:
    return
