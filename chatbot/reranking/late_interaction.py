"""Late interaction: question and passage are read apart, then their token vectors are compared.

    token_vectors   texts -> vectors of their tokens, from two layers of the embedding model
    scores          vectors of a question x vectors of passages -> logits

The comparison is MaxSim (ColBERT; Khattab and Zaharia, 2020): each token of the question takes its most similar token
of the passage, and the mean of these similarities is the score. Here it is taken within a window of 32 tokens of the
passage, and the best window counts: an answer is a sentence, and a long passage dilutes it. Layer 8 is closer to the
words than the last layer; the mean lift over retrieval is .011 without it and .014 with it (docs/reranker-research.md).

The vectors of a passage do not depend on the question, and they come out of the same network that embeds it: there are
no weights but those of multilingual-e5-small, and nothing was trained.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812
from numpy.typing import NDArray
from torch import Tensor

from chatbot.models import language_direction
from chatbot.models.batching import pad_to_tiles
from chatbot.reranking.cache import VectorCache
from chatbot.reranking.codec import Decoded, decoded
from chatbot.reranking.network import PREFIXES
from chatbot.reranking.scorers import KeptParts

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

SCALES = {12: 20.0, 8: 5.0}  # layer -> what its MaxSim is multiplied by in the logit
BLOCK = 16  # tokens; two neighbouring blocks are a window
QUESTION, PASSAGE = PREFIXES
# Sentences that are read within their passage score more alike than read alone. So that both can stand in one list,
# and count as much beside the passage's own logit, mean and deviation are made those of sentences read alone, of 105
# questions (squad1: x 1.46 - 8.8, korquad1: x 1.57 - 10.8; means 18.4 and 18.7)
_IN_PASSAGE, _SHIFT = 1.5, -9.56
_QUESTION_BYTES = 4_000_000  # for the token vectors of the last 80 claims or questions of 32 tokens
_BEFORE, _AFTER = (
    4,
    1,
)  # tokens around a question: <s> ▁que ry : and </s>, which match every passage alike; as many around a passage


@torch.inference_mode()
def token_vectors(model: SentenceTransformer, texts: Sequence[str]) -> list[Tensor]:
    """Vectors of all tokens of each text, (layers, tokens, hidden): of length 1, in float16, layers as in ``SCALES``.

    All texts run in one batch. Each starts with ``QUESTION`` or ``PASSAGE``; what is longer than
    ``model.max_seq_length`` tokens is cut.
    """
    states, mask = _hidden_states(model, texts)
    return _of_each_text(states, mask)


@torch.inference_mode()
def embed_and_read(model: SentenceTransformer, texts: Sequence[str]) -> list[tuple[Tensor, Tensor]]:
    """Of each text its embedding, (hidden,) of length 1 in float32, and its token vectors, from one pass.

    The embedding is what ``model.encode`` gives.
    """
    states, mask = _hidden_states(model, texts)
    features: Any = {"token_embeddings": states[-1], "attention_mask": mask}
    for module in list(model)[1:]:  # pooling, and what follows it
        features = module(features)
    embedded = F.normalize(features["sentence_embedding"].float(), dim=-1)
    return list(zip(embedded.cpu(), _of_each_text(states, mask), strict=True))


def _hidden_states(model: SentenceTransformer, texts: Sequence[str]) -> tuple[Sequence[Tensor], Tensor]:
    """The output of each layer, (texts, tokens, hidden), the word vectors first; and which tokens are of a text."""
    transformer: Any = model[0]
    read = transformer.preprocess(list(texts))  # as the embedding reads: the tokenizer's settings are shared
    inputs = {name: read[name].to(model.device) for name in ("input_ids", "attention_mask")}
    states = transformer.model(**inputs, output_hidden_states=True).hidden_states
    return states, inputs["attention_mask"]


def _of_each_text(states: Sequence[Tensor], mask: Tensor) -> list[Tensor]:
    vectors = F.normalize(torch.stack([states[layer] for layer in SCALES]).float(), dim=-1).half()
    # clones: a view would keep the whole batch in memory
    return [vectors[:, i, :length].clone() for i, length in enumerate(mask.sum(1).tolist())]


def kept_scores(question: Tensor, passages: Decoded) -> Tensor:
    """As ``scores``, of passages whose token vectors were kept: all of them in one product.

    Args:
        question: ``token_vectors`` of the question, prefix included: (layers, tokens, hidden).
    """
    similar = passages.codec.similarities(own_tokens(question), passages)
    lengths = np.array(passages.lengths)
    blocks = -(-lengths // BLOCK)
    # tokens that fill up a block are the passage's last one once more, which changes no maximum
    starts, ends = np.cumsum(lengths) - lengths, np.cumsum(lengths)
    places = np.minimum(
        np.arange(blocks.sum() * BLOCK)
        - np.repeat((np.cumsum(blocks) - blocks) * BLOCK - starts, blocks * BLOCK),
        np.repeat(ends - 1, blocks * BLOCK),
    )
    # (layers, own, blocks)
    best = similar[..., torch.from_numpy(places)].view(*similar.shape[:2], -1, BLOCK).amax(-1)
    # a window is a block and the next one of the same passage; the last block begins none, unless it is the only one
    last = np.cumsum(blocks) - 1
    following = np.arange(1, len(places) // BLOCK + 1)
    following[last] = last
    windows = torch.maximum(best, best[..., torch.from_numpy(following)]).mean(1)  # (layers, blocks)
    windows[:, torch.from_numpy(last[blocks > 1])] = -math.inf
    first = np.cumsum(blocks) - blocks
    of_passage = torch.from_numpy(np.maximum.reduceat(windows.numpy(), first, axis=1))  # (layers, passages)
    return torch.tensor(list(SCALES.values())) @ of_passage - passages.codec.too_high


def part_score(similar: Tensor) -> Tensor:
    """MaxSim of the best window for each layer, (layers,), of ``similar``: (layers, tokens of the question, tokens)."""
    blocks = torch.stack([block.amax(-1) for block in torch.split(similar, BLOCK, dim=-1)], dim=-1)
    windows = torch.maximum(blocks[..., :-1], blocks[..., 1:]) if blocks.shape[-1] > 1 else blocks
    return windows.mean(1).amax(-1)


def own_tokens(text: Tensor) -> Tensor:
    """Of the ``token_vectors`` of a question or a passage, those of the text itself."""
    return text[:, _BEFORE:-_AFTER] if text.shape[1] > _BEFORE + _AFTER else text


def scores(question: Tensor, passages: Sequence[Tensor]) -> Tensor:
    """One logit per passage, (passages,) in float32; comparable within one question, no probabilities.

    Args:
        question: ``token_vectors`` of the question, prefix included: (layers, tokens, hidden).
        passages: the same of each passage.
    """
    own = own_tokens(question)
    whole = [_whole_blocks(passage) for passage in passages]
    similar = own.float() @ torch.cat(whole, dim=1).float().mT  # (layers, own, tokens of all passages)
    blocks = similar.view(*similar.shape[:2], -1, BLOCK).amax(-1)  # (layers, own, blocks): best in each
    found = []
    counts = [passage.shape[1] // BLOCK for passage in whole]
    for of_passage in torch.split(blocks, counts, dim=-1):
        windows = torch.maximum(of_passage[..., :-1], of_passage[..., 1:])
        found.append((windows if windows.shape[-1] else of_passage).mean(1).amax(-1))  # (layers,)
    return torch.stack(found) @ torch.tensor(list(SCALES.values()), device=blocks.device)


def _whole_blocks(passage: Tensor) -> Tensor:
    """Filled up with the last token, which is in the last block already and so changes no maximum."""
    missing = -passage.shape[1] % BLOCK
    return torch.cat([passage, passage[:, -1:].expand(-1, missing, -1)], dim=1)


@dataclass(slots=True, eq=False)
class Reading:
    """A question and its passages; the question's vectors are kept once they are computed."""

    question: str
    texts: Sequence[str]
    vectors: Tensor | None = None


class LateInteraction:
    """A ``Scorer`` over a loaded embedding model, which it shares with whoever embeds. Thread-safe."""

    def __init__(
        self,
        model: SentenceTransformer,
        vector_bytes: int = 0,
        read_already: Callable[[str], Tensor | None] | None = None,
        language_directions: NDArray[np.float32] | None = None,
    ) -> None:
        """Nothing is computed yet.

        Args:
            vector_bytes: for the vectors of passages that come back with another question.
            read_already: the token vectors of a question that was embedded a moment ago.
            language_directions: what only says the language, (layers, hidden): questions are compared with less of it.
        """
        pad_to_tiles(model)
        self._model = model.eval()
        self._known = VectorCache(vector_bytes)
        self._asked = VectorCache(_QUESTION_BYTES)
        self._read_already = read_already
        self._language_directions = language_directions
        self.device: str = model.device.type

    def read(self, question: str, texts: Sequence[str]) -> Reading:
        return Reading(question, texts)

    def score(self, pairs: Sequence[tuple[Reading, int]]) -> list[float]:
        vectors = self._passages([reading.texts[i] for reading, i in pairs])
        found: list[float] = []
        for reading, of_reading in groupby(pairs, key=lambda pair: pair[0]):
            passages = [vectors[reading.texts[i]] for _, i in of_reading]
            found += scores(self._question(reading), passages).tolist()
        return found

    @torch.inference_mode()
    def score_kept(self, reading: Reading, codes: Sequence[bytes]) -> list[float | None]:
        """One logit for each passage, from the codes of its token vectors."""
        question = self._question(reading).cpu()
        found: list[float | None] = [None] * len(codes)
        for positions, passages in decoded(codes):
            for position, logit in zip(positions, kept_scores(question, passages).tolist(), strict=True):
                found[position] = logit
        return found

    @torch.inference_mode()
    def score_parts(self, reading: Reading, passages: Sequence[KeptParts]) -> list[list[float]] | None:
        """A logit for each part; ``None`` if any of them has no token among those that were kept."""
        question = own_tokens(self._question(reading).cpu())
        rows = self._rows(passages)
        found: list[list[float]] = [[] for _ in passages]
        for positions, table in decoded([passage.codes for passage in passages]):
            similar = torch.split(table.codec.similarities(question, table), table.lengths, dim=-1)
            for position, of_passage in zip(positions, similar, strict=True):
                length, parts = rows[position]
                if length != of_passage.shape[-1] or not all(map(len, parts)):
                    return None
                best = torch.stack([part_score(of_passage[..., torch.from_numpy(part)]) for part in parts])
                logits = best @ torch.tensor(list(SCALES.values())) - table.codec.too_high
                found[position] = (_IN_PASSAGE * logits + _SHIFT).tolist()
        return found if all(map(len, found)) else None

    def _rows(self, passages: Sequence[KeptParts]) -> list[tuple[int, list[NDArray[np.intp]]]]:
        """For each passage how many tokens it has, and which of them lie in each part."""
        transformer: Any = self._model[0]
        read = transformer.preprocess([PASSAGE + passage.text for passage in passages])
        lengths = read["attention_mask"].sum(1).tolist()
        found = []
        for encoding, length, passage in zip(read.encodings, lengths, passages, strict=True):
            starts, ends = np.array(encoding.offsets[:length]).T - len(PASSAGE)
            found.append((length, [_overlapping(starts, ends, part) for part in passage.parts]))
        return found

    def _question(self, reading: Reading) -> Tensor:
        if reading.vectors is None:  # two workers may both compute it, and get the same
            reading.vectors = self._turned(self._read(reading.question))
        return reading.vectors

    def _turned(self, question: Tensor) -> Tensor:
        """``question`` with less of what only says in which language it is."""
        if self._language_directions is None:
            return question
        vectors, directions = question.float().cpu().numpy(), self._language_directions[:, None]
        found = language_direction.turned(vectors, directions, language_direction.TOKEN_SHARE)
        return torch.from_numpy(found).to(question.device, question.dtype)

    def _read(self, question: str) -> Tensor:
        found = self._read_already(question) if self._read_already is not None else None
        if found is None:
            found = self._asked.find([question]).get(question)
        if found is None:
            (found,) = token_vectors(self._model, [QUESTION + question])
            self._asked.remember({question: found})
        return found

    def _passages(self, texts: Sequence[str]) -> dict[str, Tensor]:
        vectors = self._known.find(texts)
        if missing := [text for text in dict.fromkeys(texts) if text not in vectors]:
            new = token_vectors(self._model, [PASSAGE + text for text in missing])
            computed = dict(zip(missing, new, strict=True))
            self._known.remember(computed)
            vectors |= computed
        return vectors


def _overlapping(starts: NDArray[np.intp], ends: NDArray[np.intp], part: tuple[int, int]) -> NDArray[np.intp]:
    """Positions of the tokens that share a character with ``part``; a mark of start or end has no character."""
    return np.flatnonzero((starts < part[1]) & (ends > part[0]) & (starts < ends))
