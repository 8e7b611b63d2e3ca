"""Tiny sentence models as an agency would bring them: `model.onnx` and `tokenizer.json`.

Characters are tokens, each with a row of numbers; a text's vector is their mean. So that such a
model knows rewordings, a character's row says in which of the anchors it stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from onnx import TensorProto, helper, numpy_helper, save_model
from tokenizers import Regex, Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Split
from tokenizers.processors import TemplateProcessing

from pipeline.claims.anchors import STATEMENTS

SPECIAL = ("[UNK]", "[CLS]", "[SEP]")
CHARACTERS = sorted({char for pair in STATEMENTS for char in "".join(pair)})
INPUTS = ("input_ids", "attention_mask", "token_type_ids")
TOKENS, TEXTS, POOLED = "last_hidden_state", "sentence_embedding", "pooler_output"
Rows = npt.NDArray[np.float32]


def known_rows() -> Rows:
    """A row for every token; shape (special tokens and characters, statements)."""
    rows = np.zeros((len(SPECIAL) + len(CHARACTERS), len(STATEMENTS)), dtype=np.float32)
    for place, pair in enumerate(STATEMENTS):
        for char in "".join(pair):
            rows[len(SPECIAL) + CHARACTERS.index(char), place] += 1
    rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1)
    return rows


def write_tokenizer(folder: Path) -> None:
    vocabulary = {token: place for place, token in enumerate((*SPECIAL, *CHARACTERS))}
    tokenizer = Tokenizer(WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Split(Regex("."), "isolated")
    tokenizer.post_processor = TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 1), ("[SEP]", 2)]
    )
    tokenizer.enable_padding(length=9)  # as many folders have it; it must not be obeyed
    tokenizer.save(str(folder / "tokenizer.json"))


def write_model(
    folder: Path,
    rows: Rows,
    *,
    inputs: Sequence[str] = INPUTS,
    outputs: Sequence[str] = (TOKENS,),
    kind: int = TensorProto.INT64,
    shape: Sequence[str | int] = ("texts", "tokens"),
    outside: bool = False,
) -> None:
    """`outside`: the weights stand in a file of their own, as those of large models do."""
    nodes = [
        helper.make_node("Gather", ["rows", "input_ids"], [TOKENS]),
        helper.make_node("ReduceMin", [TOKENS], [POOLED], axes=[1], keepdims=0),
        helper.make_node("ReduceMax", [TOKENS], [TEXTS], axes=[1], keepdims=0),
    ]
    given = [helper.make_tensor_value_info(name, kind, shape) for name in inputs]
    made = [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs]
    graph = helper.make_graph(nodes, "tiny", given, made, [numpy_helper.from_array(rows, "rows")])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=10)
    save_model(
        model,
        str(folder / "model.onnx"),
        save_as_external_data=outside,
        location="model.onnx_data",
        size_threshold=0,
    )


def onnx_folder(folder: Path) -> Path:
    """A model that knows the anchors."""
    folder.mkdir(parents=True)
    write_tokenizer(folder)
    write_model(folder, known_rows())
    return folder
