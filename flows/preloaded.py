"""Imported by the server that workers are forked from: the pipeline is loaded once, and its memory is shared."""

from __future__ import annotations

import extractors

extractors.load()
