"""The application that the commands register with, and what an error, Ctrl-C or a closed pipe leads to."""

from __future__ import annotations

import errno
import os
import sys
from typing import Any

import typer
from typer.core import TyperGroup

from flows.errors import UserError

EXIT_REJECTS = 1
"""Some input was rejected or unreadable; the rest is done."""
EXIT_USAGE = 2
"""Wrong usage, or nothing readable."""
EXIT_INTERRUPTED = 130
EXIT_BROKEN_PIPE = 141

_DISK_FULL = (errno.ENOSPC, errno.EDQUOT)


class Commands(TyperGroup):
    """The group of commands; turns what the user caused into one line on stderr and an exit status."""

    def list_commands(self, ctx: Any) -> list[str]:
        """The commands in the order in which a newcomer meets them."""
        return sorted(self.commands, key=_ORDER.index)

    def invoke(self, ctx: Any) -> Any:
        """Run the command."""
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
            return result
        except _user_errors() as error:
            say(f"paperclaims: {error}")
            raise typer.Exit(EXIT_USAGE) from error
        except KeyboardInterrupt as error:
            say("\npaperclaims: interrupted; what was finished before stays")
            raise typer.Exit(EXIT_INTERRUPTED) from error
        except BrokenPipeError as error:
            # The reader has all it wants ("| head").
            _let_go_of_stdout()
            raise typer.Exit(EXIT_BROKEN_PIPE) from error
        except OSError as error:
            if error.errno not in _DISK_FULL:
                raise
            _let_go_of_stdout()
            say(f"paperclaims: the output cannot be written ({error.strerror})")
            raise typer.Exit(EXIT_USAGE) from error


def _let_go_of_stdout() -> None:
    # Python would complain once more when it flushes stdout at exit.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _user_errors() -> tuple[type[Exception], ...]:
    # Looked up only when something was raised: importing the warehouse takes a second.
    warehouse = sys.modules.get("warehouse")
    return (UserError, warehouse.WarehouseError) if warehouse else (UserError,)


_ORDER = ["demo", "extract", "run", "leaderboard", "new", "show", "sql", "export", "evaluate", "diff", "schedule"]

app = typer.Typer(
    name="paperclaims",
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Who claims to beat what, by how much, on which hardware, and which sentence says so? "
    "Reads papers, pulls out every claimed number and keeps it in DuckDB, with the characters that say it.",
    epilog="Start with **paperclaims demo**. Data goes to stdout, everything else to stderr. "
    "Exit status: 0 done, 1 some input was rejected, 2 wrong usage or nothing readable.",
)


def say(message: str) -> None:
    """One message for the user, on stderr."""
    print(message, file=sys.stderr, flush=True)
