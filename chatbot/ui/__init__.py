"""The page: ``app.draw_page`` draws it for every event, and each module here draws one part of it.

    resources (arguments, config, one chatbot for all) -> clicks -> page_state (what this session has on its page)
    -> sidebar -> chat | documents | models, and the dialog and the panel that are open

Document text, file names and answers are untrusted: they reach the browser only through ``chatbot.rendering``, which
fetches nothing and links nowhere.
"""
