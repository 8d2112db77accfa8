"""From a draft to the record: the conventions of the guidelines for units, signs and spans, one place for each."""

from __future__ import annotations

from dataclasses import replace

from extractors.claims.draft import RELATIVE_TYPES, SIZE_TYPES, Draft
from extractors.claims.pairs import pair_roles
from extractors.names import resolve_benchmark, resolve_hardware, resolve_metric, tidy
from extractors.normalise import metric_better, normalise
from extractors.units import units
from schemas.records import Claim, ClaimType, Direction, Qualifier, Relative


def _unit(draft: Draft) -> str:
    unit = draft.unit
    if draft.type == "model_size":
        return "params"
    if draft.type == "dataset_size":
        return unit
    if draft.type in ("speedup", "efficiency") and not unit:
        return "x"
    if draft.type == "improvement" and not unit:
        return "x" if _is_factor(draft) else "points"
    if draft.type == "score" and (unit in ("points", "x") or draft.at.quantity.dimension == "information"):
        return ""
    if draft.type == "measurement" and not unit:
        named = units().find(draft.metric or "")
        return named.symbol if named is not None else ""
    return unit


def _is_factor(draft: Draft) -> bool:
    return "factor" in draft.at.before[:3] or "factors" in draft.at.before[:3]


def _span(draft: Draft) -> tuple[int, int]:
    quantity = draft.at.quantity
    bare = draft.type in SIZE_TYPES or (draft.type == "score" and quantity.dimension == "information")
    end = (
        quantity.core_end
        if bare and quantity.value_max is None and quantity.core_end > quantity.start
        else quantity.end
    )
    return quantity.start, end


def _rule(draft: Draft) -> str:
    """What the decision rests on: the type, the kind of number, and its role in a pair ("score/%/to")."""
    role = pair_roles(draft.at.view)[draft.at.number][0]
    return "/".join(filter(None, (draft.type, draft.at.kind, role)))


def finish(draft: Draft, text: str, abstract_start: int) -> Claim:
    """The record of a draft; offsets become those of its field."""
    quantity = draft.at.quantity
    start, end = _span(draft)
    in_title = start < abstract_start
    offset = 0 if in_title else abstract_start
    value, value_max, baseline = quantity.value, quantity.value_max, draft.baseline_value
    if draft.type in RELATIVE_TYPES:
        value = abs(value)
        value_max = abs(value_max) if value_max is not None else None
        baseline = abs(baseline) if baseline is not None else None
    claim_type: ClaimType = draft.type  # type: ignore[assignment]
    direction: Direction | None = draft.direction  # type: ignore[assignment]
    relative: Relative | None = draft.relative  # type: ignore[assignment]
    qualifier: Qualifier = draft.qualifier  # type: ignore[assignment]
    claim = Claim(
        type=claim_type,
        value=value,
        unit=_unit(draft),
        span=text[start:end],
        start=start - offset,
        end=end - offset,
        field="title" if in_title else "abstract",
        value_max=value_max,
        baseline_value=baseline,
        qualifier=qualifier,
        direction=direction,
        metric=draft.metric,
        subject=draft.subject,
        baseline=draft.baseline,
        benchmark=draft.benchmark,
        hardware=draft.hardware,
        own=draft.own,
        sentence=" ".join(text[draft.at.view.start : draft.at.view.end].split()),
        relative=relative,
        rule=_rule(draft),
        confidence=round(min(draft.confidence, 1.0), 3),
    )
    if claim.value_max is not None and claim.value_max < claim.value:
        claim = replace(claim, value=claim.value_max, value_max=claim.value)
    return _canonical(claim)


def _canonical(claim: Claim) -> Claim:
    """The claim with canonical names, the metric's better direction and the comparable values."""
    metric = resolve_metric(claim.metric) if claim.metric else None
    better = metric.better if metric is not None and metric.better != "none" else None
    claim = replace(
        claim,
        metric_id=metric.canonical if metric is not None else tidy(claim.metric) if claim.metric else None,
        benchmark_ids=tuple(dict.fromkeys(resolve_benchmark(name) or tidy(name) for name in claim.benchmark)),
        hardware_ids=tuple(dict.fromkeys(resolve_hardware(name) or tidy(name) for name in claim.hardware)),
    )
    better = better or metric_better(claim.metric) or units().better(claim.unit)
    return replace(normalise(claim, better), metric_better=better)
