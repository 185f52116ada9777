"""What an operator sees of the program: logs, metrics, traces. All of it is off until ``[telemetry]`` says otherwise.

    the core -> seat (a few small functions, which do nothing where nothing is configured)
    start    -> watching: one question -> metrics | spans | a line in the log

Nothing here knows or keeps a question, an answer, a passage, a name or a key, unless ``text = true``: counts, times and
numbers only. ``seat`` imports nothing; what needs a library is imported by ``start`` where the configuration asks for it.
"""
