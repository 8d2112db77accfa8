"""HTML from the templates: everything is escaped, and unseen characters are written out wherever text lands."""

from __future__ import annotations

from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from schemas.safety import visible
from warehouse.site.addresses import board_path, claim_path, paper_path
from warehouse.site.excerpts import brief
from warehouse.site.labels import labels
from warehouse.site.papers import slots
from warehouse.site.tables import ROWS_A_PAGE


def page(template: str, depth: int, **content: Any) -> bytes:
    """The page that the template makes of the content; ``depth`` counts the folders between it and the start page."""
    return _environment().get_template(template).render(root="../" * depth, **content).encode()


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("warehouse", "site/templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_seen,
    )
    environment.globals.update(
        board_path=board_path,
        claim_path=claim_path,
        paper_path=paper_path,
        claim_types=labels("claim_types"),
        rows_a_page=ROWS_A_PAGE,
        slots=slots,
    )
    environment.filters |= {"count": "{:,}".format, "brief": brief}
    return environment


def _seen(value: Any) -> Any:
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value
