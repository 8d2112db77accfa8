"""A claim in words, on one line."""

from __future__ import annotations

from typing import Any


def in_words(claim: dict[str, Any]) -> str:
    """Number, metric, subject and the other slots of a claim, as a row of the warehouse or a record of ``extract``."""
    qualifier = "" if claim["qualifier"] == "exact" else claim["qualifier"].replace("_", " ") + " "
    pieces = [
        f"{claim['type'].replace('_', ' ')}: {qualifier}{claim['span']}",
        " ".join(part for part in (claim["direction"], claim["metric"]) if part),
        f"of {claim['subject']}" if claim["subject"] else "",
        f"from {claim['baseline_value']:g}" if claim["baseline_value"] is not None else "",
        f"against {', '.join(claim['baseline'])}" if claim["baseline"] else "",
        f"on {', '.join(claim['benchmark'] + claim['hardware'])}" if claim["benchmark"] or claim["hardware"] else "",
        f"= {claim['factor']:.3g} times better" if claim["factor"] else "",
        "" if claim["own"] else "(not its own result)",
        f"[{claim['rule']}, {claim['confidence']:.3f}]",
    ]
    return " ".join(piece for piece in pieces if piece)
