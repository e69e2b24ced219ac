"""What all commands of ``pyc`` are: their help, how they tell what is wrong, and that they still work."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from pyc.diagnostics import Diagnostic

#: Seconds before a command that still works says so on a terminal.
PATIENCE = 1.0


class Command(click.Command):
    """A command whose diagnostics are rendered on stderr, and whose examples stand in its help.

    ``examples`` are lines of a shell, each with a remark after two spaces where it needs one.
    """

    def __init__(self, *args: Any, examples: str = "", **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.examples = examples

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        if self.examples:
            with formatter.section("Examples"):
                for example in self.examples.strip().split("\n"):
                    formatter.write(f"{' ' * formatter.current_indent}{example}\n")

    def invoke(self, ctx: click.Context) -> Any:
        from pyc.diagnostics import CompileError

        try:
            return super().invoke(ctx)
        except CompileError as error:
            show(error.diagnostics, ctx.params.get("remarks", True))
            ctx.exit(1)
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise
        except Exception as error:
            from .driver import fault

            if os.environ.get("PYC_TRACEBACK"):
                raise
            show([fault(error)])
            ctx.exit(1)


def show(diagnostics: Sequence[Diagnostic], remarks: bool = True) -> None:
    """Print diagnostics and how many there are to stderr."""
    from .render import render, style_of, summary

    shown = [d for d in diagnostics if remarks or d.severity != "remark"]
    if not shown:
        return
    style = style_of(sys.stderr)
    text = render(shown, style)
    count = summary(shown)
    click.echo(f"{text}\n{style.strong(count)}" if count else text, err=True, nl=bool(count), color=True)


@contextmanager
def progress(what: str) -> Iterator[None]:
    """Say on a terminal that ``what`` takes its time, from the first second on; the line is gone at the end.

    A timer signal, not a thread: the compiler forks, and a forked process should have had one thread.
    """
    timer = hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
    if not timer or not sys.stderr.isatty():
        yield
        return
    start = time.monotonic()

    def tick(*_: object) -> None:
        print(f"\r\x1b[K{what} ... {time.monotonic() - start:.0f} s", end="", file=sys.stderr, flush=True)

    before = signal.signal(signal.SIGALRM, tick)
    signal.setitimer(signal.ITIMER_REAL, PATIENCE, 1.0)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        if time.monotonic() - start >= PATIENCE:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
