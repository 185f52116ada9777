"""The child process behind the ``gguf`` backend: llama.cpp's OpenAI-compatible server on loopback.

Run as a file. Reads one line of JSON settings, prints one line ``{"url": ...}`` or ``{"error": ...}``, and
ends when its standard input closes, which happens however the parent ends.
"""

from __future__ import annotations

import json
import os
import sys


def main() -> None:
    settings = json.loads(sys.stdin.readline())
    reply = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever the library prints is a log, not the reply
    try:
        import xllamacpp

        params = xllamacpp.CommonParams()
        params.model.path = settings["path"]
        params.n_ctx = settings["context"]
        params.n_batch = params.n_ubatch = (
            128  # progress is reported per batch; 10 tokens/s still beat idle_s
        )
        params.n_parallel = 1  # the whole window to one question; others wait their turn
        params.cpuparams.n_threads = params.cpuparams_batch.n_threads = settings["threads"]
        params.api_keys = [settings["key"]]  # other users of this machine are not served
        params.hostnames, params.port = ["127.0.0.1"], 0
        params.offline, params.ui, params.warmup, params.verbosity = True, False, False, 1
        server = xllamacpp.Server(params)
    except Exception as error:
        print(json.dumps({"error": str(error)}), file=reply, flush=True)
        os._exit(1)
    print(json.dumps({"url": server.listening_address}), file=reply, flush=True)
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    main()
