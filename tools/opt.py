"""``pyc-opt``: passes over IR text, as ``mlir-opt`` runs them, with this project's dialect and passes.

``pyc-opt FILE --pass-pipeline='builtin.module(lower-to-linalg,func.func(canonicalize))'`` mixes own and upstream
passes; ``--lower-to-linalg`` is short for a pipeline of one; ``--pipeline=cpu`` runs all of a target's. Messages go to
stderr. It exits with 0, with 1 where the IR is wrong or a pass failed, and with 2 where the command is.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import field
from typing import TYPE_CHECKING, Any, NoReturn

import click

from pyc.dataclass import dataclass
from pyc.diagnostics import CompileError

if TYPE_CHECKING:
    from pyc.passes.base import Pass

_SPLIT = re.compile(r"^// -----.*$\n?", re.MULTILINE)
_EXPECTED = re.compile(r"expected-(error|warning|note|remark)\s*(?:@(\+\d+|-\d+|above|below|unknown))?\s*\{\{(.*?)\}\}")
_RELATIVE = {"above": -1, "below": 1}


@dataclass(frozen=True)
class Settings:
    """What the command line says beyond the input."""

    steps: tuple[str, ...] = ()
    pipeline: str = ""
    until: str = ""
    split_input_file: bool = False
    verify_diagnostics: bool = False
    mlir_print_debuginfo: bool = False
    mlir_print_op_generic: bool = False
    mlir_print_ir_after_all: bool = False


@dataclass
class Outcome:
    """What a run would print, and its exit code."""

    output: str = ""
    errors: list[str] = field(default_factory=list)
    code: int = 0

    def complain(self, message: str) -> None:
        self.errors.append(message)
        self.code = max(self.code, 1)


class UsageError(Exception):
    """The command line, not the input, is wrong."""


def optimise(text: str, name: str, settings: Settings) -> Outcome:
    """Run the passes over each part of a file; ``name`` is what messages call it.

    Raises:
        UsageError: an unknown pass or option.
    """
    outcome, printed, line = Outcome(), [], 0
    parts = _SPLIT.split(text) if settings.split_input_file else [text]
    for part in parts:
        result = _Part(part, name, line, settings, outcome).run()
        if result is not None:
            printed.append(result)
        line += part.count("\n") + 1
    outcome.output = "// -----\n".join(printed)
    return outcome


@dataclass
class _Part:
    """One module of the input; ``line`` is how many lines stand before it."""

    text: str
    name: str
    line: int
    settings: Settings
    outcome: Outcome
    found: list[tuple[str, int, str]] = field(default_factory=list)

    def run(self) -> str | None:
        """The printed module, or nothing if it failed."""
        from pyc.dialects.dialect import context
        from pyc.dialects.mlir import ir

        printed, failure = None, ""
        with context() as ctx:
            ctx.emit_error_diagnostics = True
            handler = ctx.attach_diagnostic_handler(self._collect)
            try:
                printed = self._transform(ir)
            except ir.MLIRError as error:
                # Where diagnostics were emitted, they say it all.
                failure = "" if self.found else str(error)
            except CompileError as error:
                for d in error.diagnostics:
                    self.found.append(("error", d.span.begin[0] if d.span else 0, f"{d.code}: {d.message}"))
                printed = None
            except _Fault as error:
                failure = str(error)
            finally:
                handler.detach()
        self._report(failed=printed is None, failure=failure)
        return printed

    def _collect(self, diagnostic: Any) -> bool:
        self._add(diagnostic)
        for note in diagnostic.notes:
            self._add(note)
        return True

    def _add(self, diagnostic: Any) -> None:
        from pyc.dialects.errors import position

        severity = str(diagnostic.severity).rpartition(".")[2].lower()
        self.found.append((severity, position(diagnostic.location)[1], diagnostic.message))

    def _transform(self, ir: Any) -> str:
        from pyc.passes.base import PassError

        module = ir.Module.parse(self.text)
        module.operation.verify()
        for name, step in _steps(self.settings):
            try:
                step(module)
            except PassError as error:
                raise _Fault(f"pass {name}: {error}") from error
            if self.settings.mlir_print_ir_after_all:
                self.outcome.errors.append(f"// -----// IR Dump After {name} //----- //\n{self._print(module)}")
            if name == self.settings.until:
                break
        module.operation.verify()
        return self._print(module)

    def _print(self, module: Any) -> str:
        return module.operation.get_asm(
            enable_debug_info=self.settings.mlir_print_debuginfo,
            print_generic_op_form=self.settings.mlir_print_op_generic,
            assume_verified=True,
        )

    def _report(self, *, failed: bool, failure: str) -> None:
        if self.settings.verify_diagnostics:
            self._compare()
            if failure:
                self.outcome.complain(f"{self.name}: {failure}")
            return
        for severity, line, message in self.found:
            where = f"{self.name}:{self.line + line}" if line else self.name
            self.outcome.errors.append(f"{where}: {severity}: {message}")
        if failed:
            self.outcome.code = max(self.outcome.code, 1)
            if failure:
                self.outcome.complain(f"{self.name}: error: {failure}")

    def _compare(self) -> None:
        """Match what was reported with the comments that expect it. Notes need not be expected."""
        left = list(self.found)
        for i, text in enumerate(self.text.split("\n"), start=1):
            for severity, place, message in _EXPECTED.findall(text):
                line = (
                    0
                    if place == "unknown"
                    else i + _RELATIVE.get(place, int(place) if place[:1] in "+-" and place else 0)
                )
                hit = next((f for f in left if f[0] == severity and f[1] == line and message in f[2]), None)
                if hit is None:
                    self.outcome.complain(
                        f'{self.name}:{self.line + i}: expected {severity} "{message}" was not produced'
                    )
                else:
                    left.remove(hit)
        for severity, line, message in left:
            if severity == "error":
                self.outcome.complain(f"{self.name}:{self.line + line}: unexpected {severity}: {message}")


class _Fault(Exception):
    """A pass failed otherwise than by diagnostics."""


Step = tuple[str, Callable[[Any], None]]


def _steps(settings: Settings) -> list[Step]:
    """The passes in order: those of ``--pipeline``, then those written out."""
    steps: list[Step] = []
    if settings.pipeline:
        steps += [(p.name, _applied(p)) for p in _target_passes(settings.pipeline)]
    for text in settings.steps:
        steps += _parse(text)
    if settings.until and settings.until not in [name for name, _ in steps]:
        raise UsageError(f"there is no pass '{settings.until}' in {', '.join(name for name, _ in steps)}")
    return steps


def _target_passes(text: str) -> Sequence[Pass]:
    from pyc.target import Target
    from pyc.targets.backend import Options, backend

    try:
        target = Target.parse(text)
    except ValueError as error:
        raise UsageError(str(error)) from None
    return backend(target.name).pipeline(target, Options(name="opt")).passes


def _applied(step: Pass) -> Callable[[Any], None]:
    from pyc.passes.base import Pipeline

    return Pipeline([step]).run


def _upstream(text: str) -> Callable[[Any], None]:
    from pyc.passes.base import run_upstream

    def apply(module: Any) -> None:
        try:
            run_upstream(module, text)
        except ValueError as error:
            raise UsageError(str(error).strip()) from None

    return apply


def _parse(text: str) -> list[Step]:
    """The passes of a pipeline's text."""
    from pyc.passes.registry import PASSES, make

    match = re.fullmatch(r"\s*builtin\.module\((.*)\)\s*", text, re.DOTALL)
    steps: list[Step] = []
    for item in _split(match[1] if match else text):
        name, _, rest = item.partition("{")
        if name not in PASSES:
            steps.append((name.partition("(")[0], _upstream(item)))
            continue
        try:
            step = make(name, dict(_option(o) for o in rest.removesuffix("}").split()))
        except ValueError as error:
            raise UsageError(str(error)) from None
        steps.append((name, _applied(step)))
    return steps


def _option(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    return name, value if equals else "true"


def _split(text: str) -> list[str]:
    """The items of a list separated by commas outside brackets."""
    items, depth, current = [], 0, ""
    for character in text:
        depth += (character in "({[<") - (character in ")}]>")
        if character == "," and depth == 0:
            items.append(current)
            current = ""
        else:
            current += character
    return [item.strip() for item in [*items, current] if item.strip()]


def _flags(arguments: Sequence[str]) -> tuple[str, list[str]]:
    """The input and the passes among what is no option of the command: ``--canonicalize``, ``--bufferize=half``."""
    source, steps = "-", []
    for argument in arguments:
        if argument.startswith("--"):
            name, _, options = argument[2:].partition("=")
            steps.append(name + (f"{{{options}}}" if options else ""))
        elif source != "-":
            raise UsageError(f"one input at a time: '{source}' and '{argument}'")
        else:
            source = argument
    return source, steps


def run(arguments: Sequence[str], read: Callable[[str], str]) -> Outcome:
    """What ``pyc-opt`` with these arguments does; ``read`` gives the text of a file, of stdin for ``-``."""
    try:
        parsed = _command.make_context("pyc-opt", list(arguments)).params
        source, flags = _flags(parsed.pop("arguments"))
        text = parsed.pop("pass_pipeline")
        settings = Settings(steps=tuple([text] * bool(text) + flags), **parsed)
        return optimise(read(source), "<stdin>" if source == "-" else source, settings)
    except (UsageError, click.ClickException, OSError) as error:
        message = error.format_message() if isinstance(error, click.ClickException) else str(error)
        if isinstance(error, OSError) and error.strerror and error.filename:
            message = f"cannot read {error.filename}: {error.strerror.lower()}"
        return Outcome(errors=[f"pyc-opt: {message}"], code=2)


@click.command(context_settings={"ignore_unknown_options": True, "help_option_names": ["-h", "--help"]})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[FILE] [--PASS[=OPTIONS]]...")
@click.option("--pass-pipeline", default="", metavar="TEXT", help="Passes to run, own and upstream ones.")
@click.option("--pipeline", default="", metavar="TARGET", help="Run all passes of a target: cpu, cuda:sm_90a.")
@click.option("--until", default="", metavar="PASS", help="Stop after that pass.")
@click.option("--split-input-file", is_flag=True, help="Treat what '// -----' lines separate one by one.")
@click.option(
    "--verify-diagnostics", is_flag=True, help="Expect the errors that '// expected-error' comments announce."
)
@click.option("--mlir-print-debuginfo", is_flag=True, help="Print locations.")
@click.option("--mlir-print-op-generic", is_flag=True, help="Print operations in generic form.")
@click.option("--mlir-print-ir-after-all", is_flag=True, help="Print the module after each pass, on stderr.")
def _command(**_: Any) -> None:
    """Run passes over IR text and print the result."""


def _read(name: str) -> str:
    if name == "-":
        return sys.stdin.buffer.read().decode("utf-8", "replace")
    try:
        with open(name, encoding="utf-8") as file:
            return file.read()
    except UnicodeDecodeError as error:
        raise UsageError(f"{name} is not text: {error.reason} at byte {error.start}") from None


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run ``pyc-opt`` and exit."""
    arguments = sys.argv[1:] if arguments is None else arguments
    if "-h" in arguments or "--help" in arguments:
        click.echo(_command.get_help(click.Context(_command, info_name="pyc-opt")))
        raise SystemExit(0)
    outcome = run(arguments, _read)
    for line in outcome.errors:
        click.echo(line, err=True)
    click.echo(outcome.output, nl=False)
    raise SystemExit(outcome.code)


if __name__ == "__main__":
    main()
