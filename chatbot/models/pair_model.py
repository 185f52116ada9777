"""The pair model: a cross-encoder that starts as the bi-encoder it is made from.

Question and passage run through the same layers, each with its own positions. In the lower layers they do
not see each other, so each is what the bi-encoder makes of it. In the upper ``joint_layers`` every head also
attends to the other side, through a gate that starts closed. The score is a weighted sum of MaxSim (each
question token with its best token of one window of the passage, averaged; the best window counts), of the
cosine of the mean token vectors and of features; all but MaxSim start at zero, so at first it ranks as MaxSim.

Registered with transformers, so the stock ``CrossEncoder`` loads it from a folder once this module is
imported. The folder's tokenizer writes ``<s> query: A </s>`` with type 0 and ``<s> passage: B </s>`` with
type 1 (``write_pair_template``); the types tell the sides apart.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn
from transformers import AutoConfig, AutoModelForSequenceClassification, PreTrainedConfig, PreTrainedModel
from transformers.modeling_outputs import SequenceClassifierOutput

from chatbot.models.pair_head import PairHead

MODEL_TYPE = "secondlook-pair"
_TILE = 16  # tokens; torch's attention on a CPU is up to twice as fast at multiples of it (chatbot/models/batching.py)
_PREFIXES = ("query: ", "passage: ")
_HIDDEN = -1e4  # added to attention to padding; softmax makes it 0 in bfloat16 too


class PairConfig(PreTrainedConfig):  # type: ignore[no-untyped-call]
    """Sizes of the network; those of the bi-encoder, and how many upper layers are joint."""

    model_type = MODEL_TYPE

    def __init__(
        self,
        vocab_size: int = 250037,
        hidden_size: int = 384,
        num_hidden_layers: int = 12,
        num_attention_heads: int = 12,
        intermediate_size: int = 1536,
        max_position_embeddings: int = 512,
        layer_norm_eps: float = 1e-12,
        pad_token_id: int = 1,
        joint_layers: int = 4,
        early_layer: int = 0,
        fused_weight: float = 0.0,
        **settings: Any,
    ) -> None:
        """The sizes that are not the bi-encoder's.

        Args:
            joint_layers: upper layers with attention between the sides, 0..num_hidden_layers.
            early_layer: lower layer whose vectors give a MaxSim of their own, 1..; 0 for none.
            fused_weight: not the network's; the chatbot orders by logit + ``fused_weight`` x fused score.
        """
        self.vocab_size = vocab_size
        self.hidden_size = hidden_size
        self.num_hidden_layers = num_hidden_layers
        self.num_attention_heads = num_attention_heads
        self.intermediate_size = intermediate_size
        self.max_position_embeddings = max_position_embeddings
        self.layer_norm_eps = layer_norm_eps
        self.joint_layers = joint_layers
        self.early_layer = early_layer
        self.fused_weight = fused_weight
        settings.setdefault("num_labels", 1)
        super().__init__(**{"pad_token_id": pad_token_id, **settings})


class PairLayer(nn.Module):
    """One BERT layer (normalised after each half); a joint one also attends to the other side."""

    def __init__(self, config: PairConfig, joint: bool) -> None:
        super().__init__()
        hidden, wide, eps = config.hidden_size, config.intermediate_size, config.layer_norm_eps
        self.heads = config.num_attention_heads
        self.query_key_value = nn.Linear(hidden, 3 * hidden)
        self.attention_output = nn.Linear(hidden, hidden)
        self.attention_norm = nn.LayerNorm(hidden, eps=eps)
        self.up = nn.Linear(hidden, wide)
        self.down = nn.Linear(wide, hidden)
        self.output_norm = nn.LayerNorm(hidden, eps=eps)
        self.gate = nn.Parameter(torch.zeros(self.heads)) if joint else None

    def forward(self, tokens: Tensor, mask: Tensor) -> Tensor:
        """One side alone: tokens (batch, length, hidden), mask (batch, 1, 1, length) added to attention."""
        query, key, value = self._heads(tokens)
        return self._rest(tokens, self._attention(query, key, value, mask))

    def joint(self, tokens: Tensor, split: int, mask: Tensor) -> Tensor:
        """Both sides in one row: the question's tokens are the first ``split``."""
        assert self.gate is not None
        gate = torch.tanh(self.gate).to(tokens.dtype)[:, None, None]
        query, key, value = self._heads(tokens)
        sides, keys = (slice(None, split), slice(split, None)), []
        for own, other in (sides, sides[::-1]):
            asked = query[:, :, own]
            seen = [self._attention(asked, key[:, :, s], value[:, :, s], mask[..., s]) for s in (own, other)]
            keys.append(seen[0] + gate * seen[1])
        return self._rest(tokens, torch.cat(keys, dim=2))

    def _heads(self, tokens: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        batch, length, hidden = tokens.shape
        split = self.query_key_value(tokens).view(batch, length, 3, self.heads, hidden // self.heads)
        query, key, value = split.permute(2, 0, 3, 1, 4)
        return query, key, value

    def _attention(self, query: Tensor, key: Tensor, value: Tensor, mask: Tensor) -> Tensor:
        if not (self.training and query.device.type == "cpu"):
            return F.scaled_dot_product_attention(query, key, value, mask)
        # its backward takes 57 % of a training step on a CPU; written out, a step takes half the time
        weights = query * query.shape[-1] ** -0.5 @ key.transpose(-1, -2) + mask
        return weights.softmax(-1).to(value.dtype) @ value  # type: ignore[no-any-return]

    def _rest(self, tokens: Tensor, attended: Tensor) -> Tensor:
        attended = attended.transpose(1, 2).reshape(tokens.shape)
        tokens = self.attention_norm(tokens + self.attention_output(attended))
        return self.output_norm(tokens + self.down(F.gelu(self.up(tokens))))  # type: ignore[no-any-return]


class PairModel(PreTrainedModel):  # type: ignore[no-untyped-call]
    """The whole network. ``encode`` runs one side through the lower layers, ``score`` the rest."""

    config_class = PairConfig
    config: PairConfig
    base_model_prefix = ""
    _supports_sdpa = True
    _no_split_modules = ["PairLayer"]  # noqa: RUF012

    def __init__(self, config: PairConfig) -> None:
        super().__init__(config)
        hidden = config.hidden_size
        self.word_embeddings = nn.Embedding(config.vocab_size, hidden, padding_idx=config.pad_token_id)
        self.position_embeddings = nn.Embedding(config.max_position_embeddings, hidden)
        self.embedding_norm = nn.LayerNorm(hidden, eps=config.layer_norm_eps)
        lower = config.num_hidden_layers - config.joint_layers
        self.layers = nn.ModuleList(PairLayer(config, i >= lower) for i in range(config.num_hidden_layers))
        self.head = PairHead(hidden, early=config.early_layer > 0)
        self.post_init()  # type: ignore[no-untyped-call]

    def _init_weights(self, module: nn.Module) -> None:
        """Nothing to draw: every weight comes from the bi-encoder or starts at a fixed value."""

    @property
    def lower_layers(self) -> int:
        """Layers in which the sides do not see each other."""
        return self.config.num_hidden_layers - self.config.joint_layers

    def encode(self, ids: Tensor, valid: Tensor, layers: int | None = None) -> Tensor:
        """One side through the lower ``layers`` (all of them by default): (batch, length) -> (batch, length, hidden).

        With all of them and an early layer, its vectors stand behind the last one's: (batch, length, 2 * hidden).
        """
        positions = self.position_embeddings.weight[: ids.shape[1]]
        tokens = self.embedding_norm(self.word_embeddings(ids) + positions)
        mask = added_mask(valid, tokens)
        early = None
        for number, layer in enumerate(self.layers[: self.lower_layers if layers is None else layers], 1):
            tokens = layer(tokens, mask)
            if number == self.config.early_layer and layers is None:
                early = tokens
        return tokens if early is None else torch.cat([tokens, early], -1)

    def score(self, question: Tensor, passage: Tensor, q_valid: Tensor, p_valid: Tensor) -> Tensor:
        """Scores (batch,) from what ``encode`` made of both sides."""
        early: Tensor | float = 0.0
        if self.config.early_layer:
            (question, q_early), (passage, p_early) = question.chunk(2, -1), passage.chunk(2, -1)
            early = self.head.early_score(q_early, p_early, q_valid, p_valid)
        split = question.shape[1]
        tokens = torch.cat([question, passage], dim=1)
        mask = added_mask(torch.cat([q_valid, p_valid], dim=1), tokens)
        for layer in self.layers[self.lower_layers :]:
            assert isinstance(layer, PairLayer)
            tokens = layer.joint(tokens, split, mask)
        return early + self.head(tokens[:, :split], tokens[:, split:], q_valid, p_valid)  # type: ignore[no-any-return]

    def forward(
        self,
        input_ids: Tensor,
        attention_mask: Tensor | None = None,
        token_type_ids: Tensor | None = None,
        **_: Any,
    ) -> SequenceClassifierOutput:
        """Logits (batch, 1), float32, of rows that hold a question (type 0) and a passage (type 1)."""
        if token_type_ids is None:
            raise ValueError("the pair model needs token_type_ids: use the tokenizer of its own folder")
        valid = torch.ones_like(input_ids) if attention_mask is None else attention_mask
        q_length = (valid * (1 - token_type_ids)).sum(1)
        p_length = (valid * token_type_ids).sum(1)
        q_ids, q_valid = self._side(input_ids, torch.zeros_like(q_length), q_length)
        p_ids, p_valid = self._side(input_ids, q_length, p_length)
        if not self.training and bool(
            (q_ids == q_ids[:1]).all()
        ):  # one question, many passages: encoded once
            question = self.encode(q_ids[:1], q_valid[:1]).expand(len(q_ids), -1, -1)
        else:
            question = self.encode(q_ids, q_valid)
        logits = self.score(question, self.encode(p_ids, p_valid), q_valid, p_valid)
        return SequenceClassifierOutput(logits=logits[:, None])

    def _side(self, ids: Tensor, start: Tensor, length: Tensor) -> tuple[Tensor, Tensor]:
        width = -(-int(length.max()) // _TILE) * _TILE
        steps = torch.arange(width, device=ids.device)
        valid = steps < length[:, None]
        picked = ids.gather(1, (start[:, None] + steps).clamp(max=ids.shape[1] - 1))
        return picked.masked_fill(~valid, int(self.config.pad_token_id)), valid


def added_mask(valid: Tensor, like: Tensor) -> Tensor:
    """What is added to attention (batch, 1, 1, length): 0 where ``valid``, else so little that softmax gives 0."""
    dtype = (
        torch.get_autocast_dtype(like.device.type)
        if torch.is_autocast_enabled(like.device.type)
        else like.dtype
    )
    return torch.where(valid, 0.0, _HIDDEN).to(dtype)[:, None, None]


def write_pair_template(folder: Path) -> None:
    """Make the folder's tokenizer write pairs as the pair model reads them, prefixes and types included."""
    from tokenizers import Tokenizer, processors

    file = folder / "tokenizer.json"
    tokenizer = Tokenizer.from_file(str(file))
    special: list[Any] = [("<s>", tokenizer.token_to_id("<s>")), ("</s>", tokenizer.token_to_id("</s>"))]
    for name, prefix in zip(("<query>", "<passage>"), _PREFIXES, strict=True):
        encoding = tokenizer.encode(prefix.strip(), add_special_tokens=False)
        special.append({"id": name, "ids": encoding.ids, "tokens": encoding.tokens})
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> <query> $A </s>",
        pair="<s>:0 <query>:0 $A:0 </s>:0 <s>:1 <passage>:1 $B:1 </s>:1",
        special_tokens=special,
    )
    tokenizer.save(str(file))
    settings_file = folder / "tokenizer_config.json"
    settings = json.loads(settings_file.read_text("utf-8"))
    settings["model_input_names"] = ["input_ids", "token_type_ids", "attention_mask"]
    settings_file.write_text(json.dumps(settings, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


AutoConfig.register(MODEL_TYPE, PairConfig)
AutoModelForSequenceClassification.register(PairConfig, PairModel)
