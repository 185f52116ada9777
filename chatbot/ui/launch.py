"""How the page was started: ``streamlit run streamlit_app.py -- --config FILE --store DIR``, and the keys."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

import streamlit as st
from streamlit.errors import StreamlitSecretNotFoundError

from chatbot.config import Config, load_config
from chatbot.llms.needs import NEEDS


def config_from(arguments: Sequence[str]) -> Config:
    """The configuration that the command line names.

    Raises:
        ConfigError: the file is missing or does not fit.
    """
    parser = argparse.ArgumentParser("streamlit_app", allow_abbrev=False)
    parser.add_argument("--config", type=Path)
    parser.add_argument("--store", type=Path)
    given = parser.parse_args(arguments)
    config = load_config(given.config)
    return config.with_(store=given.store) if given.store else config


def keys_from_secrets() -> None:
    """Set each vendor's key variable from ``st.secrets`` where the environment does not have it already."""
    try:
        for needs in NEEDS.values():
            for name in (*needs.keys, needs.optional_key):
                if name and name in st.secrets and not os.environ.get(name):
                    os.environ[name] = str(st.secrets[name])
    except StreamlitSecretNotFoundError:  # no secrets file: the usual case
        return
