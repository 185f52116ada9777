"""Would int8 make the embedding model faster on this CPU? The same pass in float32 and with products of bytes.

    python -m benchmarks.speed.arithmetic [--threads 1] [--rounds 9]

shipped         float32 as the program runs it, through transformers
plain           float32 with nothing around the products; query, key and value in one
int8, batch     plain, but each linear layer multiplies bytes: one range for all tokens of a batch
int8, token     the same with one range for each token, so that a vector does not depend on its neighbours

Processor time of one pass: the median, and the least, which other work disturbs least. The ways take turns. Cosines to
*shipped* are over the questions and passages of the samples. Bytes are multiplied by torch's FBGEMM, weights have seven
bits: AVX2 adds two products in 16 bits, and 2 x 255 x 63 fits.
"""

from __future__ import annotations

import argparse
import statistics
import time
import warnings
from collections.abc import Callable, Iterator
from itertools import cycle, islice
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812
from rich.console import Console
from torch import Tensor, nn

from benchmarks.report import PROJECT, table
from benchmarks.texts import sample_questions
from chatbot.config import Config
from chatbot.reranking.late_interaction import PASSAGE, QUESTION, SCALES
from chatbot.reranking.network import loaded_alone

SHAPES = ((1, 16), (1, 32), (4, 32), (8, 32), (4, 128), (16, 128))  # texts, tokens of each
HEAD = ("", "median ms", "least ms", "times as fast", "by the least")
Linear = Callable[[Tensor], Tensor]
Way = Callable[[Tensor, Tensor], dict[int, Tensor]]  # ids, mask -> the output of each layer in SCALES


def shipped(network: Any) -> Way:
    def states(ids: Tensor, mask: Tensor) -> dict[int, Tensor]:
        found = network(input_ids=ids, attention_mask=mask, output_hidden_states=True).hidden_states
        return {layer: found[layer] for layer in SCALES}

    return states


def plain(network: Any, linear: Callable[..., Linear]) -> Way:
    """The encoder written out, with ``linear`` of one or more ``nn.Linear`` in place of each product."""
    layers = []
    for layer in network.encoder.layer:
        own, out = layer.attention.self, layer.attention.output
        layers.append((
            linear(own.query, own.key, own.value), linear(out.dense), out.LayerNorm,
            linear(layer.intermediate.dense), linear(layer.output.dense), layer.output.LayerNorm,
        ))  # fmt: skip
    heads = network.config.num_attention_heads

    def states(ids: Tensor, mask: Tensor) -> dict[int, Tensor]:
        x = network.embeddings(input_ids=ids)
        texts, tokens, hidden = x.shape
        hide = None
        if not mask.all():
            hide = torch.zeros(texts, 1, 1, tokens).masked_fill_(mask[:, None, None] == 0, -1e9)
            hide = hide.expand(-1, 1, tokens, -1)
        x, found = x.flatten(0, 1), {}
        for number, (qkv, out, norm, up, down, last_norm) in enumerate(layers, 1):
            q, k, v = qkv(x).view(texts, tokens, 3, heads, -1).permute(2, 0, 3, 1, 4)
            read = F.scaled_dot_product_attention(q, k, v, attn_mask=hide)
            x = norm(out(read.transpose(1, 2).reshape(-1, hidden)).add_(x))
            x = last_norm(down(F.gelu(up(x))).add_(x))
            if number in SCALES:
                found[number] = x.view(texts, tokens, hidden)
        return found

    return states


def joined(parts: tuple[nn.Linear, ...]) -> tuple[Tensor, Tensor]:
    return torch.cat([part.weight for part in parts]), torch.cat([part.bias for part in parts])


def exact(*parts: nn.Linear) -> Linear:
    weight, bias = joined(parts)
    return lambda x: F.linear(x, weight, bias)


def packed(weight: Tensor) -> Any:
    steps = weight.abs().amax(1) / 63
    with warnings.catch_warnings():  # torch 2.13 calls tensors of bytes deprecated
        warnings.simplefilter("ignore", UserWarning)
        whole = torch.quantize_per_channel(
            weight, steps, torch.zeros(len(weight), dtype=torch.int64), 0, torch.qint8
        )
    return torch.ops.quantized.linear_prepack(whole, None)


def by_batch(*parts: nn.Linear) -> Linear:
    weight, bias = joined(parts)
    weights = packed(weight)
    return lambda x: torch.ops.quantized.linear_dynamic(x, weights, False).add_(bias)


def by_token(*parts: nn.Linear) -> Linear:
    weight, bias = joined(parts)
    weights = packed(weight)

    def multiply(x: Tensor) -> Tensor:
        largest = torch.maximum(x.amax(-1, keepdim=True), -x.amin(-1, keepdim=True)).clamp_(min=1e-12)
        found: Tensor = torch.ops.quantized.linear_dynamic(x / largest, weights, False)
        return found.mul_(largest).add_(bias)

    return multiply


def milliseconds(ways: dict[str, Way], ids: Tensor, rounds: int) -> dict[str, list[float]]:
    """Processor time of each pass; one pass of each way before the first that counts."""
    mask = torch.ones_like(ids)
    found: dict[str, list[float]] = {name: [] for name in ways}
    for count in range(rounds + 1):
        for name, way in ways.items():
            start = time.process_time()
            way(ids, mask)
            if count:
                found[name].append((time.process_time() - start) * 1000)
    return found


def compared(times: dict[str, list[float]]) -> Iterator[list[str]]:
    """A row for each way, of median and least, and how many times as fast as the first way it is by each."""
    base = None
    for name, values in times.items():
        one = statistics.median(values), min(values)
        base = base or one
        yield [
            name,
            *(f"{ms:.1f}" for ms in one),
            *(f"{b / ms:.2f}" for b, ms in zip(base, one, strict=True)),
        ]


def samples() -> list[str]:
    """Questions and passages of the project's own documents, Korean and English."""
    texts = [QUESTION + question for question in sample_questions()[:20]]
    for name in ("ai-glossary-ko.txt", "reranking-guide.md"):
        parts = (PROJECT / "data" / name).read_text("utf-8").split("\n\n")
        texts += [PASSAGE + part for part in parts if len(part) > 100][:10]
    return texts


def cosines(way: Way, reference: Way, read: Any, texts: list[str]) -> tuple[Tensor, Tensor]:
    """Of the embedding of each text, and of all its tokens in both layers."""
    embeddings, tokens = [], []
    for text in texts:
        inputs = read([text])
        a, b = (one(inputs["input_ids"], inputs["attention_mask"]) for one in (way, reference))
        embeddings.append(F.cosine_similarity(a[12].mean(1), b[12].mean(1)))
        tokens += [F.cosine_similarity(a[layer][0], b[layer][0]) for layer in SCALES]
    return torch.cat(embeddings), torch.cat(tokens)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    model, console = loaded_alone(Config()), Console(highlight=False, width=120)
    network = model.float()[0].model
    ways = {"shipped": shipped(network), "plain": plain(network, exact)}
    if "fbgemm" in torch.backends.quantized.supported_engines:
        torch.backends.quantized.engine = "fbgemm"
        ways |= {"int8, batch": plain(network, by_batch), "int8, token": plain(network, by_token)}
    texts = samples()
    ids = torch.tensor(
        list(islice(cycle(token for text in texts for token in model.tokenizer(text)["input_ids"]), 4096))
    )
    with torch.inference_mode():
        for name, way in list(ways.items())[1:]:
            vectors, of_tokens = cosines(way, ways["shipped"], model[0].preprocess, texts)
            console.print(
                f"{name}: cosine of {len(vectors)} embeddings {vectors.mean():.4f}, least {vectors.min():.4f}; of "
                f"{len(of_tokens)} token vectors {of_tokens.mean():.4f}, one in a hundred below {of_tokens.quantile(0.01):.4f}"
            )
        for count, tokens in SHAPES:
            times = milliseconds(ways, ids[: count * tokens].view(count, tokens), options.rounds)
            console.print(table(f"{count} x {tokens} tokens", HEAD, list(compared(times))))


if __name__ == "__main__":
    main()
