"""The script that Streamlit runs for every event of every visitor."""

from __future__ import annotations

if __name__ == "__main__":
    from chatbot.ui.app import draw_page

    draw_page()
