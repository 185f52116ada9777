"""The page. ``page.show`` draws it; every module here draws one part and delegates the rest to the chatbot.

    launch (arguments, config, keys) -> resources (one chatbot for all) -> sidebar (settings, documents)
    -> conversation (ask, stream, sources, inspector)

Document text, file names and answers are untrusted: they reach the browser only through ``safe`` and
``rendering``, which fetch nothing and link nowhere.
"""
