"""Linear layers as int8 ONNX Runtime computes them, so that training can get used to it.

A few channels are far larger than the others and would take all of the scale that a product's input has: they are made
smaller before the product, and the weights larger (SmoothQuant: Xiao et al., 2023). Rounding passes gradients on as
they come (Bengio et al., 2013).
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional

from extractors.claims.network.layers import Net

_QUESTIONS = ("qh", "kind", "own", "dir", "pq", "pk", "tokb", "null")
_LEVELS = 255
_WEIGHT_LEVELS = 64  # seven bits: processors without VNNI would cut off sums of eight, and answer otherwise


class Quantised(nn.Module):
    """The same parameters as ``linear``, rounded when they are used; input channels are divided by ``scale`` first."""

    def __init__(self, linear: nn.Linear, scale: Tensor | None = None) -> None:
        super().__init__()
        self.weight, self.bias = linear.weight, linear.bias
        self.register_buffer("scale", scale)

    def forward(self, x: Tensor) -> Tensor:
        """The layer's output."""
        weight = self.weight
        if self.scale is not None:
            x, weight = x / self.scale.to(x.dtype), weight * self.scale[None]
        result: Tensor = functional.linear(_rounded_input(x), _rounded_weight(weight), self.bias)
        return result


def _rounded_input(x: Tensor) -> Tensor:
    """Eight bits, one scale a paper."""
    values = x.detach().float()
    dimensions = tuple(range(1, 3)) if values.dim() == 3 else tuple(range(values.dim()))
    low = values.amin(dimensions, keepdim=True).clamp(max=0.0)
    high = values.amax(dimensions, keepdim=True).clamp(min=0.0)
    step = ((high - low) / _LEVELS).clamp(min=1e-8)
    zero = torch.round(-low / step)
    rounded = (torch.clamp(torch.round(values / step) + zero, 0, _LEVELS) - zero) * step
    return x + (rounded.to(x.dtype) - x).detach()


def _rounded_weight(weight: Tensor) -> Tensor:
    """One scale an output channel."""
    values = weight.detach()
    step = (values.abs().amax(1, keepdim=True) / _WEIGHT_LEVELS).clamp(min=1e-8)
    rounded = torch.clamp(torch.round(values / step), -_WEIGHT_LEVELS, _WEIGHT_LEVELS) * step
    return weight + (rounded - values).detach()


def find_scales(net: Net, run: Callable[[], object]) -> dict[str, Tensor]:
    """For every linear layer of the encoder the scale of its input channels; ``run`` shows the net some papers."""
    largest: dict[str, Tensor] = {}

    def note(name: str, x: Tensor) -> None:
        seen = x.detach().float().abs().flatten(0, -2).amax(0)
        largest[name] = torch.maximum(largest.get(name, seen), seen)

    linear = {name: module for name, module in net.layers.named_modules() if isinstance(module, nn.Linear)}
    hooks = [
        module.register_forward_pre_hook(lambda _, inputs, name=name: note(name, inputs[0]))
        for name, module in linear.items()
    ]
    with torch.no_grad():
        run()
    for hook in hooks:
        hook.remove()
    return {
        name: (largest[name].clamp(min=1e-3) / module.weight.detach().abs().amax(0).clamp(min=1e-3)).sqrt()
        for name, module in linear.items()
    }


def quantise(net: Net, scales: dict[str, Tensor]) -> None:
    """Round in all linear layers from now on; the scales are kept with the net's state as ``layers.….scale``."""
    for name, scale in scales.items():
        layer, _, part = name.partition(".")
        setattr(net.layers[int(layer)], part, Quantised(getattr(net.layers[int(layer)], part), scale))
    for name in _QUESTIONS:
        setattr(net, name, Quantised(getattr(net, name)))
