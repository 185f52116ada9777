"""The page: ``streamlit run streamlit_app.py -- --config FILE --store DIR``, or simply ``secondlook app``."""

from __future__ import annotations

from chatbot.ui.app import draw_page

draw_page()
