"""The page: ``streamlit run streamlit_app.py -- --config FILE --store DIR``, or simply ``secondlook app``.

Streamlit serves the ``app`` that it finds here; the script that draws the page is chatbot/ui/server/page.py.
"""

from __future__ import annotations

import sys

import streamlit as st

from chatbot.ui.server import MIDDLEWARE, PAGE, prepare, start_telemetry

prepare()
start_telemetry(sys.argv[1:])
app = st.App(PAGE, middleware=MIDDLEWARE)
