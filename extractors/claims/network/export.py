"""Write the trained network as int8 ONNX: ``python -m extractors.claims.network.export net.pt``.

Weights become int8 a channel, activations int8 with one scale a product, found at run time: what the network was
trained with in its last epochs (``quantisation.py``), whose scales are part of its state.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import Tensor, nn
from torch.nn import functional

from extractors.claims.network.layers import Net
from extractors.claims.network.session import OUTPUTS

FILE = Path(__file__).parent / "model" / "network.onnx"
_PIECES = 37


class Smoothed(nn.Module):
    """A linear layer whose input channels are divided by ``scale`` first: the same function, easier to quantise."""

    def __init__(self, linear: nn.Linear, scale: Tensor) -> None:
        super().__init__()
        self.weight = nn.Parameter(linear.weight * scale[None])
        self.bias = linear.bias
        self.inverse = nn.Parameter(1.0 / scale)

    def forward(self, x: Tensor) -> Tensor:
        """The layer's output."""
        result: Tensor = functional.linear(x * self.inverse, self.weight, self.bias)
        return result


def smooth(net: Net, scales: dict[str, Tensor]) -> None:
    """Replace the linear layers of the encoder by smoothed ones."""
    for name, scale in scales.items():
        layer, _, part = name.partition(".")
        setattr(net.layers[int(layer)], part, Smoothed(getattr(net.layers[int(layer)], part), scale))


def export(net: Net, path: Path) -> None:
    """Write the network to ``path``."""
    net.eval()
    # Tensors of their own each: what is one object here would be one input there.
    ids, marks, labels = torch.ones(_PIECES).long(), torch.zeros(_PIECES).long(), torch.zeros(_PIECES).long()
    first, last = torch.tensor([3, 5, 9]), torch.tensor([4, 6, 9])
    pieces, numbers = torch.export.Dim("pieces", min=2, max=512), torch.export.Dim("numbers", min=1, max=2048)
    program = torch.onnx.export(
        net,
        (ids, marks, labels, first, last),
        dynamo=True,
        input_names=["ids", "marks", "labels", "first", "last"],
        output_names=list(OUTPUTS),
        dynamic_shapes=({0: pieces}, {0: pieces}, {0: pieces}, {0: numbers}, {0: numbers}),
        external_data=False,
    )
    assert program is not None
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "whole.onnx"
        program.save(whole)
        model = onnx.load(whole)
        del model.graph.value_info[:]  # the quantiser takes the shapes noted there for those of the transposed weights
        onnx.save(model, whole)
        quantize_dynamic(
            whole,
            path,
            per_channel=True,
            reduce_range=True,  # as quantisation.py rounds
            weight_type=QuantType.QInt8,
            op_types_to_quantize=["MatMul", "Gemm", "Gather"],
        )


def main() -> None:
    """Run the command of the module's docstring."""
    parser = argparse.ArgumentParser(description="Export the network for ONNX Runtime.")
    parser.add_argument("network", type=Path)
    state = torch.load(parser.parse_args().network)
    scales = {
        name.removeprefix("layers.").removesuffix(".scale"): state.pop(name)
        for name in [name for name in state if name.endswith(".scale")]
    }
    net = Net(len(state["word.weight"]))
    net.load_state_dict(state)
    smooth(net, scales)
    export(net, FILE)


if __name__ == "__main__":
    main()
