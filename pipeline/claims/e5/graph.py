"""The model's layers as an ONNX graph that onnxruntime runs.

BERT (Devlin 2019): each layer is attention and a feed-forward part, each with its input added and
normalised. Weights are rounded to 8 bits for each output, inputs at run time, with one step for a
text. Behind the bend inputs have outliers that such a step drowns: two thirds of the error would
come from there. So that product keeps the 4-bit blocks of the file, each with a step of its own.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

from pipeline.claims.e5.weights import BLOCK, Floats, Weights

ROWS = "rows"
"""The input: sums of piece, place and type, shape (1, tokens, width). One text at a time, as the
step by which inputs are rounded would else depend on the texts beside it."""
_CONTEXT = 7
"""The layer at which a piece is read in its context: later ones think of the whole text."""
_MORE = "com.microsoft"


def context(layer: int) -> str:
    return f"l{layer}.oln.out"


def queries(layers: int) -> list[str]:
    """Outputs, beside the first: what each piece asks for, shape as the input's."""
    return [f"l{layer}.query" for layer in range(layers)]


def keys(layers: int) -> list[str]:
    """And what it offers to those that ask."""
    return [f"l{layer}.key" for layer in range(layers)]


def model(weights: Weights) -> ModelProto:
    return _Graph(weights).model()


class _Graph:
    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        self._nodes: list[NodeProto] = []
        self._constants: list[TensorProto] = []

    def model(self) -> ModelProto:
        weights = self._weights
        shape: list[int | str | None] = [1, "tokens", weights.width]
        last = self._normalised([ROWS], "emb.ln")
        for layer in range(weights.layers):
            last = self._layer(last, f"l{layer}")
        outputs = [last, context(_CONTEXT), *queries(weights.layers), *keys(weights.layers)]
        graph = helper.make_graph(
            self._nodes,
            "multilingual-e5-small",
            [
                helper.make_tensor_value_info(ROWS, TensorProto.FLOAT, shape),
            ],
            [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name in outputs],
            self._constants,
        )
        opsets = [helper.make_opsetid("", 18), helper.make_opsetid(_MORE, 1)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=9)

    def _layer(self, given: str, name: str) -> str:
        heads = self._weights.heads
        asked = self._product(given, name, "q", "k", "v")
        parts = [f"{name}.{part}" for part in ("query", "key", "value")]
        self._add("Split", [asked], *parts, axis=-1, num_outputs=3)
        (seen,) = self._add(
            "MultiHeadAttention", parts, f"{name}.seen", domain=_MORE, num_heads=heads
        )
        mixed = self._normalised([self._product(seen, name, "ao"), given], f"{name}.aln")
        inner = self._product(mixed, name, "fi")
        (bent,) = self._add("Gelu", [inner], f"{name}.bent", domain=_MORE)
        return self._normalised([self._exact_product(bent, f"{name}.fo"), mixed], f"{name}.oln")

    def _product(self, given: str, layer: str, *kinds: str) -> str:
        """`given` times matrices that stand beside each other, plus their biases."""
        name = f"{layer}.{''.join(kinds)}"
        matrix = np.concatenate([self._weights.matrix(f"{layer}.{kind}.w") for kind in kinds], 1)
        bias = np.concatenate([self._weights.vector(f"{layer}.{kind}.b") for kind in kinds])
        scale: Floats = np.abs(matrix).max(axis=0) / 127
        inputs = [
            given,
            self._constant(f"{name}.weights", np.rint(matrix / scale).astype(np.int8)),
            self._constant(f"{name}.scale", scale),
            self._constant(f"{name}.zero", np.zeros(len(scale), dtype=np.int8)),
            self._constant(f"{name}.bias", bias),
        ]
        (out,) = self._add("DynamicQuantizeMatMul", inputs, f"{name}.out", domain=_MORE)
        return out

    def _exact_product(self, given: str, name: str) -> str:
        packed, scales = self._weights.packed(f"{name}.w")
        inputs = [
            given,
            self._constant(f"{name}.weights", packed),
            self._constant(f"{name}.scales", scales),
            "",
            "",
            self._constant(f"{name}.bias", self._weights.vector(f"{name}.b")),
        ]
        sizes = {"K": self._weights.inner, "N": len(packed), "bits": 4, "block_size": BLOCK}
        eight_bits = 4  # so the operator calls rounding its inputs to them
        (out,) = self._add(
            "MatMulNBits", inputs, f"{name}.out", domain=_MORE, accuracy_level=eight_bits, **sizes
        )
        return out

    def _normalised(self, given: list[str], name: str) -> str:
        """The sum of what is given, normalised."""
        op, domain = "LayerNormalization", ""
        if len(given) > 1:
            op, domain = "SkipLayerNormalization", _MORE
        values = [
            self._constant(f"{name}.{kind}", self._weights.vector(f"{name}.{kind}"))
            for kind in ("w", "b")
        ]
        epsilon = self._weights.epsilon
        (out,) = self._add(op, given + values, f"{name}.out", domain=domain, epsilon=epsilon)
        return out

    def _constant(self, name: str, values: npt.NDArray[np.generic]) -> str:
        self._constants.append(numpy_helper.from_array(values, name))
        return name

    def _add(
        self, op: str, inputs: list[str], *outputs: str, domain: str = "", **settings: Any
    ) -> tuple[str, ...]:
        self._nodes.append(helper.make_node(op, inputs, outputs, domain=domain, **settings))
        return outputs
