"""Batches side by side: each computes alone, and other threads keep their cores."""

from __future__ import annotations

import subprocess
import sys

import pytest
import torch

from chatbot.models.threads import SideBySide


def test_results_come_back_with_their_own_batch_and_other_threads_keep_their_cores() -> None:
    cores = torch.get_num_threads()
    side_by_side = SideBySide()
    seen = list(side_by_side.map(lambda batch: (sum(batch), torch.get_num_threads()), [[1, 2], [3], [4, 5]]))
    assert [(batch, total) for batch, (total, _) in seen] == [([1, 2], 3), ([3], 3), ([4, 5], 9)]
    assert {threads for _, (_, threads) in seen} == {1}
    assert torch.get_num_threads() == cores


def test_an_error_in_a_batch_reaches_the_caller() -> None:
    def fail(_: list[int]) -> None:
        raise ValueError("broken batch")

    with pytest.raises(ValueError, match="broken batch"):
        list(SideBySide().map(fail, [[0]]))


def test_work_that_comes_when_the_program_ends_is_told_so() -> None:
    script = """
import threading
from chatbot.errors import ProgramEnds
from chatbot.models.threads import SideBySide

side_by_side = SideBySide()
begun = threading.Event()

def under_way():
    while True:  # until the interpreter has ended its threads
        try:
            assert side_by_side.submit(int).result() == 0
            begun.set()
        except ProgramEnds as error:
            print(error)
            return

threading.Thread(target=under_way).start()
begun.wait()
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120)
    assert (done.stdout, done.stderr) == ("the program was ended before this was finished; ask again\n", "")
