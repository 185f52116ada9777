"""The fit of what only says in which language a text is (``chatbot/models/language_direction.npz``).

    python -m benchmarks.judging.language_direction --data ../shared/data [--write]

The difference of the mean vectors of Korean sentences and of their English translations, read as passages: 300 pairs of
parallel_ko_en (CC BY-SA 3.0), of which no text is kept. Printed: how much of a vector's length it is, and the cosine
of the direction to that of 300 other pairs. What it is worth: ``both_languages``, ``cross_language``, ``lift``.
A minute.
"""

from __future__ import annotations

import random

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812
from rich.console import Console

from benchmarks.judging.retrieval_sets import SEED, data_parser, read_jsonl, require_data
from benchmarks.report import table
from chatbot.config import Config
from chatbot.models.batching import in_batches
from chatbot.models.language_direction import DIRECTION_FILE
from chatbot.reranking.late_interaction import PASSAGE, embed_and_read, own_tokens
from chatbot.reranking.network import loaded_alone

PAIRS = 300
_BATCH = 16
Means = tuple[torch.Tensor, torch.Tensor]  # of embeddings, (hidden,); of token vectors, (layers, hidden)


def means(texts: list[str], model: object) -> Means:
    read = in_batches([PASSAGE + text for text in texts], _BATCH, lambda batch: embed_and_read(model, batch))
    embeddings = torch.stack([embedding for embedding, _ in read])
    tokens = torch.stack([own_tokens(vectors).float().mean(1) for _, vectors in read])
    return embeddings.mean(0), tokens.mean(0)


def difference(pairs: list[tuple[str, str]], model: object) -> Means:
    korean, english = (means(list(side), model) for side in zip(*pairs, strict=True))
    return korean[0] - english[0], korean[1] - english[1]


def main() -> None:
    parser = data_parser(__doc__)
    parser.add_argument("--write", action="store_true", help="replace the directions that ship")
    options = parser.parse_args()
    folder = require_data(options.data)
    rows = list(read_jsonl(folder / "extra_training/parallel_ko_en/jhe_dev.jsonl.gz"))
    random.Random(SEED).shuffle(rows)
    pairs = [(row["ko"], row["en"]) for row in rows]
    model = loaded_alone(Config())
    fitted, other = (
        [part for difference_of in difference(some, model) for part in difference_of.reshape(-1, difference_of.shape[-1])]
        for some in (pairs[:PAIRS], pairs[PAIRS : 2 * PAIRS])
    )  # fmt: skip
    rows_shown = [
        (name, f"{one.norm():.3f}", f"{F.cosine_similarity(one, two, dim=0):.4f}")
        for name, one, two in zip(("embedding", "last layer", "layer 8"), fitted, other, strict=True)
    ]
    Console().print(
        table("what only says the language", ["vectors", "length", "cosine to other pairs"], rows_shown)
    )
    if options.write:
        embedding, *tokens = (F.normalize(one, dim=-1).numpy().astype(np.float16) for one in fitted)
        np.savez(DIRECTION_FILE, embedding=embedding, tokens=np.stack(tokens))
        print(f"written: {DIRECTION_FILE}")


if __name__ == "__main__":
    main()
