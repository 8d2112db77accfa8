"""The error that a user caused and can mend."""

from __future__ import annotations


class UserError(Exception):
    """One clear line for the user: what is wrong, where, and what to do. Shown without a traceback, exit status 2."""
