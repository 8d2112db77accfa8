"""A small transformer beside the linear models: it reads a paper's sentences whole and says what each number is about.

MiniLM-L6 (Wang et al., 2020, "MiniLM: Deep Self-Attention Distillation"), tuned on our annotated abstracts and run as
int8 by ONNX Runtime. ``README.md`` is its card.
"""
