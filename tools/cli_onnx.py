"""The commands of ``pyc onnx``."""

from __future__ import annotations

from typing import Any

import click

from .command import Command, progress, show


@click.group("onnx", short_help="Work on ONNX models.")
def onnx_group() -> None:
    """Work on ONNX models."""


@onnx_group.command(
    "restore",
    cls=Command,
    short_help="Put back annotations that another tool has dropped.",
    examples="""
pyc onnx restore optimised.onnx -o restored.onnx
""",
)
@click.argument("model")
@click.option(
    "-o", "--output", metavar="PATH", help="Where to write; MODEL with '.restored' before its suffix if not said."
)
def onnx_restore_command(model: str, output: str | None) -> None:
    """Put back what the manifest of MODEL says and its nodes, values and functions do not say any more.

    Says what was put back where, and how it was found: by kind and name, by structure (what a node computes of which
    values), or by name alone. The status is 1 where something stays lost; the manifest still has it.
    """
    from .restore import render, restore

    report, problems = restore(model, output)
    click.echo(render(report), nl=False)
    show(problems)
    if problems:
        click.get_current_context().exit(1)


class DimType(click.ParamType):
    """``s77=batch``: an extent of a program of PyTorch, and its name."""

    name = "dim"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if isinstance(value, tuple):
            return value
        symbol, _, name = value.partition("=")
        if not symbol or not name.isidentifier():
            self.fail(f"'{value}' is not like s77=batch", param, ctx)
        return symbol, name


@onnx_group.command(
    "carry",
    cls=Command,
    short_help="Say what PyTorch's export has dropped, and carry it over.",
    examples="""
pyc onnx carry net.pt2 net.onnx                                   what the model does not say
pyc onnx carry net.pt2 net.onnx -o carried.onnx --dim s77=batch   a model that says it
""",
)
@click.argument("program")
@click.argument("model")
@click.option("-o", "--output", metavar="PATH", help="Where to write the model; it is not written if not said.")
@click.option("--dim", type=DimType(), multiple=True, metavar="SYMBOL=NAME", help="The name of an extent.")
def onnx_carry_command(program: str, model: str, output: str | None, dim: tuple[tuple[str, str], ...]) -> None:
    """Say what MODEL, which PyTorch has exported from PROGRAM, does not say of it, and how a program of pyc says it.

    PROGRAM is a file of torch.export.save; PyTorch is not needed to read it.

    With -o, annotations of operations, names and bounds of dimensions, kinds of weights and locations are carried over
    into the model, which is sealed: it can be verified, restored after other tools, and imported with what it says.
    """
    from .carry import carry, render

    click.echo(render(carry(program, model, output, dict(dim)), program, model, output), nl=False)


class BindType(click.ParamType):
    """``axes=0,1``: an input of a model and its value."""

    name = "bind"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if isinstance(value, tuple):
            return value
        name, equals, text = value.partition("=")
        try:
            numbers = [float(t) if any(c in t.lower() for c in ".en") else int(t) for t in text.split(",") if t.strip()]
        except ValueError:
            numbers = []
        if not name or not equals or (text.strip() and not numbers):
            self.fail(f"'{value}' is not like axes=0,1", param, ctx)
        return name, numbers


@onnx_group.command(
    "import",
    cls=Command,
    short_help="Write the program that a model is.",
    examples="""
pyc onnx import model.onnx -o model.py         model.py, and its weights in model.safetensors
pyc onnx import sum.onnx --bind axes=1 -o -    with a constant for an input, or an extent
""",
)
@click.argument("model")
@click.option("-o", "--output", default="", metavar="PATH", help="Where to write; '-' is standard output.")
@click.option("--bind", type=BindType(), multiple=True, metavar="INPUT=VALUE", help="Make an input a constant.")
@click.option("--force", is_flag=True, help="Replace files that exist.")
def onnx_import_command(model: str, output: str, bind: tuple[tuple[str, list[float]], ...], force: bool) -> None:
    """Write MODEL as a program of the language: a line for each node, which CPython can run as well.

    Weights of more than a few elements go into a file beside it, and are fields of the program's module.
    """
    from .models import import_model, unplaced

    with progress(f"reading {model}"):
        found, files = import_model(model, output, dict(bind), force)
    show(unplaced(found))
    if not files:
        click.echo(found.text, nl=False)
    else:
        click.echo(f"wrote {' and '.join(map(str, files))}: {found.name}", err=True)
