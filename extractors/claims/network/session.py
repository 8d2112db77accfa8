"""The network itself, run by ONNX Runtime on one thread: the same reading gives the same scores."""

from __future__ import annotations

from functools import cache
from importlib import resources

import numpy as np
import numpy.typing as npt
import onnxruntime

from extractors.claims.network.reading import Reading

Floats = npt.NDArray[np.float32]
OUTPUTS = ("kind", "own", "direction", "pair", "null")


@cache
def _session() -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    data = resources.files("extractors.claims.network").joinpath("model/network.onnx").read_bytes()
    return onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])


def run(reading: Reading) -> dict[str, Floats]:
    """The scores of every number of the reading, by output.

    ``kind`` (numbers, classes), ``own`` and ``direction`` (numbers,) are logits; ``pair`` (numbers, 2 × slots, pieces)
    those of each piece to begin and to end the slot's phrase; ``null`` those of the phrases that no piece stands for.
    """
    inputs = {
        "ids": reading.ids,
        "marks": reading.marks,
        "labels": reading.labels,
        "first": reading.first,
        "last": reading.last,
    }
    return dict(zip(OUTPUTS, _session().run(list(OUTPUTS), inputs), strict=True))
