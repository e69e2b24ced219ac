"""The command ``pyc``. Start-up imports click and nothing else of weight; each command imports what it needs."""

from __future__ import annotations

import platform
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NoReturn

import click

from .cli_onnx import onnx_group
from .command import Command, progress, show

if TYPE_CHECKING:
    from pyc.diagnostics import Diagnostic
    from pyc.target import Target


def main() -> NoReturn:
    """Run ``pyc`` and exit: 0 done, 1 the program is wrong, 2 the command is."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    cli(prog_name="pyc")
    raise SystemExit(0)


class BytesType(click.ParamType):
    """``4096``, ``64K``, ``1M``, ``2G``: a number of bytes."""

    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        number, unit = (value[:-1], value[-1].upper()) if str(value)[-1:].upper() in ("K", "M", "G") else (value, "")
        if not str(number).isdecimal():
            self.fail(f"'{value}' is not a number of bytes like 4096, 64K or 1M", param, ctx)
        return int(number) << {"": 0, "K": 10, "M": 20, "G": 30}[unit]


class TargetType(click.ParamType):
    """``cpu``, ``cuda:sm_90a``, ``onnx``: the backend and the target."""

    name = "target"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, Target | None]:
        from .driver import parse_target

        if isinstance(value, tuple):
            return value
        try:
            return parse_target(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


def target_option(default: str | None) -> Any:
    """``--target``; without a default, each function is for the target that it names."""
    return click.option(
        "--target",
        "-t",
        type=TargetType(),
        default=default,
        show_default=True,
        metavar="cpu|cuda|onnx[:CHIP]",
        help="What to compile for; 'pyc targets' lists them.",
    )


def higher_levels(target: Target | None, emit: str, also: Sequence[str]) -> tuple[str, ...]:
    """What ``--also`` asks for, in order.

    Raises:
        click.UsageError: the target has no such levels, or the output holds code for one.
    """
    from pyc.target import CHIPS
    from pyc.targets.llvm import default_chip

    if platform.machine().lower() not in ("x86_64", "amd64"):
        raise click.UsageError("--also works on x86-64 machines only")
    every = [chip for chip in CHIPS["cpu"] if chip.startswith("x86-64")]
    lowest = "" if target is None or target.name != "cpu" else target.chip or default_chip()
    if lowest not in every:
        raise click.UsageError(f"--also goes with --target=cpu:LEVEL, one of {', '.join(every)}")
    above = every[every.index(lowest) + 1 :]
    for chip in also:
        if chip not in above:
            known = ", ".join(above) or "there are none"
            raise click.UsageError(f"--also={chip} is not a level above {lowest}: {known}")
    if emit not in ("", "bundle", "wheel", "so", "exe"):
        raise click.UsageError(f"--also makes a library of several versions, which --emit={emit} has no place for")
    return tuple(chip for chip in above if chip in also)


function_option = click.option(
    "--function", "functions", multiple=True, metavar="NAME",
    help="Only this function or module, or an instance of a generic one: 'axpy[f32]'. May be repeated.",
)  # fmt: skip


def _version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        from importlib.metadata import version

        python, mlir, llvm = sys.version.split()[0], version("torch-mlir"), version("llvmlite")
        click.echo(f"pyc {version('pyc')} (Python {python}, MLIR of torch-mlir {mlir}, LLVM of llvmlite {llvm})")
        ctx.exit()


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Print versions.")
def cli() -> None:
    """Compile typed Python to CPU libraries, CUDA kernels and ONNX models.

    Shapes, precision and hardware target are part of the types. The compiler reads a file; it never runs it.
    """


cli.add_command(onnx_group)


@cli.command(
    "compile",
    cls=Command,
    short_help="Compile a file to an artifact.",
    examples="""
pyc compile model.py                                     ./model.cpu, an importable package
pyc compile model.py --target=cuda:sm_90a -o build/gpu   PTX, cubins and a loader
pyc compile model.py --target=onnx --weights w.safetensors
pyc compile model.py --function "axpy[f32]" --emit=asm -o -
pyc compile model.py --emit=wheel -o dist                a package for pip, which needs NumPy but not pyc
pyc compile program.py --emit=exe && ./program 10        its main(), which needs neither Python nor pyc
pyc compile model.py --target=cpu:x86-64-v2 --also=x86-64-v4   the best version is chosen where it runs
pyc compile model.py --emit=linalg                       the IR at that level
pyc compile model.onnx                                   a model from elsewhere, by way of a program
cat model.py | pyc compile - -o model.cpu
""",
)
@click.argument("file")
@target_option("cpu")
@click.option("-o", "--output", default="", metavar="PATH", help="Where to write; '-' is standard output.")
@click.option(
    "--emit", default="", metavar="KIND", help="An output of the target, or the IR at a level: pyc|linalg|vector|gpu."
)
@click.option(
    "--also",
    multiple=True,
    metavar="CHIP",
    help="A higher x86-64 level for which functions are compiled besides. May be repeated.",
)
@click.option("-O", "level", type=click.IntRange(0, 3), default=3, show_default=True, help="How hard to optimise.")
@click.option("--weights", default="", metavar="FILE", help="The weights of the modules: .safetensors or .npz.")
@function_option
@click.option("-g", "debug", is_flag=True, help="Debug information; source locations in printed IR.")
@click.option("--unchecked", is_flag=True, help="Do not check indices: out of bounds is then undefined.")
@click.option("--opset", type=click.IntRange(17, 26), default=24, show_default=True, help="ONNX's operators.")
@click.option(
    "--external-data",
    "external",
    type=BytesType(),
    is_flag=False,
    flag_value="1K",
    metavar="[SIZE]",
    help="Weights of so many bytes (1K) go into a file beside the model.",
)
@click.option("--remarks", is_flag=True, help="Report copies of arrays, and which lines share a loop.")
def compile_command(
    file: str, target: tuple[str, Target | None], output: str, emit: str, also: tuple[str, ...], level: int,
    weights: str, functions: tuple[str, ...], debug: bool, unchecked: bool, opset: int, external: int | None,
    remarks: bool,
) -> None:  # fmt: skip
    """Compile FILE to an artifact: a bundle for cpu and cuda, a model for onnx. '-' reads standard input."""
    from .driver import Job, compile_file

    levels = higher_levels(target[1], emit, also) if also else ()
    if external is not None and target[0] != "onnx":
        raise click.UsageError("--external-data is for --target=onnx")
    job = Job(file, *target, output, emit, functions, weights, level, debug, unchecked, levels, opset, external)
    with progress(f"compiling {file}"):
        outcome = compile_file(job)
    show(outcome.diagnostics, remarks)
    artifact = outcome.artifact
    if outcome.path is None:
        (content,) = artifact.files.values()
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
    else:
        names = ", ".join(artifact.exports)
        click.echo(f"wrote {outcome.path}{': ' + names if names else ''}", err=True)


@cli.command(
    "check",
    cls=Command,
    short_help="Report every error, without generating code.",
    examples="""
pyc check model.py
pyc check --target=cuda:sm_80 model.py kernels.py
""",
)
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@target_option(None)
@function_option
def check_command(files: tuple[str, ...], target: tuple[str, Target | None] | None, functions: tuple[str, ...]) -> None:
    """Report every error in FILEs, without generating code. Without --target, each function is for its own."""
    from .driver import check_file

    found: list[Diagnostic] = []
    for file in files:
        with progress(f"checking {file}"):
            found += check_file(file, target[1] if target else None, functions, target[0] if target else "")
    show(found)
    if any(d.severity == "error" for d in found):
        click.get_current_context().exit(1)


@cli.command(
    "run",
    cls=Command,
    short_help="Run a program, its functions compiled when called.",
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
    examples="""
pyc run model.py
pyc run --interpret model.py --epochs 3      the arguments after FILE are the program's
pyc run --trace out.json model.py            a timeline for ui.perfetto.dev or chrome://tracing
""",
)
@click.option("--interpret", is_flag=True, help="Run the functions as Python, with the same rounding: pdb works.")
@click.option("--trace", default="", metavar="OUT.JSON", help="Write a timeline of compilation, calls and functions.")
@click.argument("file")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def run_command(file: str, arguments: tuple[str, ...], interpret: bool, trace: str) -> None:
    """Run FILE as Python does, its typed functions compiled when they are first called."""
    from .run import run

    click.get_current_context().exit(run(file, arguments, interpret=interpret, trace=trace))


@cli.command(
    "opt",
    cls=Command,
    short_help="Run passes over IR text, as mlir-opt does.",
    add_help_option=False,
    context_settings={"ignore_unknown_options": True},
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def opt_command(arguments: tuple[str, ...]) -> None:
    """Run passes over IR text, as mlir-opt does; the same as pyc-opt."""
    from .opt import main as opt

    opt(list(arguments))


@cli.command(
    "inspect",
    cls=Command,
    short_help="Print what an artifact holds.",
    examples="""
pyc inspect model.cpu
pyc inspect model.onnx --verify
pyc inspect model.cuda --json | jq .functions
pyc inspect model.onnx --html model.html
pyc inspect model.onnx --diff optimised.onnx
""",
)
@click.argument("artifact")
@click.option(
    "--verify", "checked", is_flag=True, help="Check the artifact against its manifest; status 1 on a difference."
)
@click.option("--json", "as_json", is_flag=True, help="The same as JSON.")
@click.option("--diff", "other", metavar="OTHER", help="Print what OTHER says differently; status 1 if it does.")
@click.option("--all", "everything", is_flag=True, help="Print long lists of a model whole.")
@click.option("--html", "page", metavar="PAGE", help="Write a page that shows the graph of a model, by module.")
def inspect_command(
    artifact: str, checked: bool, as_json: bool, other: str | None, everything: bool, page: str | None
) -> None:
    """Print the functions, types, precision, targets, weights and annotations of a bundle or an ONNX model."""
    from .inspect import inspect, render_json, render_text, verify
    from .render import style_of

    if other is not None:
        from .compare import differences

        lines = differences(artifact, other)
        click.echo("".join(f"{line}\n" for line in lines), nl=False)
        if lines:
            click.get_current_context().exit(1)
        return
    view = inspect(artifact)
    if page is not None:
        from .model_page import write_page

        write_page(view, page)
        click.echo(f"wrote {page}", err=True)
    else:
        style = style_of(sys.stdout)
        text = render_json(view) if as_json else render_text(view, style, everything)
        click.echo(text, nl=False, color=style.colour)
    if checked:
        problems = verify(artifact)
        show(problems)
        if problems:
            click.get_current_context().exit(1)
        click.echo(f"{artifact}: verified", err=True)


@cli.command(
    "explain",
    cls=Command,
    short_help="Say more about a diagnostic.",
    examples="""
pyc explain            every code
pyc explain E504       one code, with an example
pyc explain weights    codes about weights
""",
)
@click.argument("code", nargs=-1)
def explain_command(code: tuple[str, ...]) -> None:
    """Say more about a diagnostic CODE, with an example."""
    from . import explain

    if not code:
        click.echo(explain.listing(), nl=False)
        return
    text = " ".join(code)
    found = explain.find(text)
    if found is not None:
        click.echo(explain.explain(found), nl=False)
        return
    near = explain.nearest(text)
    click.echo(f"there is no code '{text}'" + ("; did you mean" if near else "; 'pyc explain' lists all"), err=True)
    for other in near:
        click.echo(explain.line(other), err=True)
    click.get_current_context().exit(1)


class SizeType(click.ParamType):
    """``N=1000``: a dimension and its extent."""

    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, int]:
        if isinstance(value, tuple):
            return value
        name, _, extent = value.partition("=")
        if not name.isidentifier() or not extent.isdecimal():
            self.fail(f"'{value}' is not like N=1000", param, ctx)
        return name, int(extent)


@cli.command(
    "bench",
    cls=Command,
    short_help="Time functions against CPython and NumPy.",
    examples="""
pyc bench stencil.py
pyc bench stencil.py --function step --size N=4096
""",
)
@click.argument("file")
@click.option(
    "--target",
    "-t",
    type=TargetType(),
    default="cpu:native",
    show_default=True,
    metavar="cpu[:CHIP]",
    help="The processor to compile for.",
)
@function_option
@click.option("--size", "sizes", type=SizeType(), multiple=True, metavar="N=NUMBER", help="The extent of a dimension.")
@click.option("--seconds", type=click.FloatRange(min=0), default=1.0, show_default=True, help="How long for each row.")
def bench_command(
    file: str, target: tuple[str, Target | None], functions: tuple[str, ...], sizes: tuple[tuple[str, int], ...],
    seconds: float,
) -> None:  # fmt: skip
    """Time the functions of FILE, compiled and run by CPython with NumPy.

    A function cases() in FILE yields what is called: names of functions, each with a tuple of arguments. Without it,
    arguments are made from the types of the signatures. FILE is run for that. Both are timed in turns; the table has
    medians. Where the results of the two differ, it says so, and the status is 1.
    """
    from .bench import ProgramError, bench, table
    from .run import report

    name, chosen = target
    if name != "cpu" or chosen is None:
        raise click.UsageError("functions are timed on a CPU: --target=cpu:native, cpu:x86-64-v3")
    rows = []
    try:
        with progress(f"timing {file}"):
            rows += bench(file, chosen, functions, dict(sizes), seconds)
    except ProgramError as error:
        click.get_current_context().exit(report(error.__cause__ or error))
    click.echo(table(rows), nl=False)
    if any(row.note.startswith("the results differ") for row in rows):
        click.get_current_context().exit(1)


@cli.command("targets", cls=Command, short_help="List targets, chips and outputs.", examples="pyc targets")
def targets_command() -> None:
    """List the targets, their chips and their outputs; the first output of each is the default."""
    from pyc.target import CHIPS
    from pyc.targets.backend import BACKENDS, backend

    from .driver import LEVELS

    for name in BACKENDS:
        click.echo(name)
        if name in CHIPS:
            click.echo(f"  chips    {', '.join(CHIPS[name])}")
        click.echo(f"  outputs  {', '.join(backend(name).emits)}")
    click.echo(f"levels     {', '.join(LEVELS)}")


@cli.group("cache", short_help="What just-in-time compilation keeps on disk.")
def cache_group() -> None:
    """The results of just-in-time compilation that are kept on disk."""


@cache_group.command("info", cls=Command, examples="pyc cache info")
def cache_info_command() -> None:
    """Say where the cache is and how much it holds."""
    from . import cache

    click.echo(cache.describe(), nl=False)


@cache_group.command("clear", cls=Command, examples="pyc cache clear")
def cache_clear_command() -> None:
    """Delete everything in the cache."""
    from . import cache

    click.echo(f"deleted {cache.clear()} entries", err=True)


@cache_group.command(
    "why",
    cls=Command,
    short_help="Say why a function is compiled again, or is not.",
    examples="""
pyc cache why scale               its entries, and what has changed since each was made
pyc cache why "axpy[f32]" model.py
""",
)
@click.argument("function")
@click.argument("file", default="")
def cache_why_command(function: str, file: str) -> None:
    """Say why FUNCTION is taken from the cache or compiled again; status 1 where nothing of it would be taken."""
    from .cache_why import why

    taken, text = why(function, file)
    click.echo(text, nl=False)
    click.get_current_context().exit(0 if taken else 1)


if __name__ == "__main__":
    main()
