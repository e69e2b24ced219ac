"""Text to syntax tree, the same on every supported Python.

Type parameters (``def f[T: Float, N](...)``, ``class C[...]``) are Python 3.12 grammar, their defaults 3.13's. A
pre-pass over the tokens blanks them out, so that the oldest supported parser accepts the file and every line and column
stays where it was; what was blanked is kept as :class:`TypeParameter` values beside the tree. ``type X = ...`` becomes
the assignment that it means.
"""

from __future__ import annotations
import __future__

import ast
import contextlib
import io
import keyword
import re
import tokenize
import warnings
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Literal, TypeVar

from pyc.dataclass import dataclass
from pyc.diagnostics import CompileError, Diagnostic
from pyc.source import Source, Span

from . import syntax_advice

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
_Node = TypeVar("_Node", bound=ast.AST)


@dataclass(frozen=True)
class TypeParameter:
    """A name between the brackets of ``def f[...]``. ``kind`` is ``pack`` for ``*S``; bound, default may be absent."""

    name: str
    kind: Literal["name", "pack"]
    bound: ast.expr | None
    default: ast.expr | None
    span: Span


@dataclass(frozen=True)
class Parsed:
    """A parsed file: ``text`` is what Python's parser saw, the source with the type parameters blanked out."""

    source: Source
    text: str
    tree: ast.Module
    parameters: Mapping[tuple[int, int], tuple[TypeParameter, ...]]

    def type_parameters(self, node: Definition) -> tuple[TypeParameter, ...]:
        """The type parameters that a ``def`` or ``class`` declares, in order."""
        return self.parameters.get(_name_position(self, node), ())

    def alias_parameters(self, node: ast.stmt) -> tuple[TypeParameter, ...]:
        """The type parameters of ``type X[...] = ...``, which is an assignment in the tree."""
        return self.parameters.get((node.lineno, node.col_offset), ())

    def span_of(self, node: ast.AST) -> Span:
        """Where a node stands in the source. (``ast`` counts bytes within a line, a span counts characters.)"""
        lines = self._lines
        line, column = node.lineno, node.col_offset  # type: ignore[attr-defined]
        last, stop = node.end_lineno or line, node.end_col_offset  # type: ignore[attr-defined]
        start = self.source.offset(line, _characters(lines, line, column) + 1)
        end = self.source.offset(last, _characters(lines, last, column if stop is None else stop) + 1)
        return Span(self.source, start, max(start, end))

    def name_span(self, node: Definition) -> Span:
        """Where the name in ``def name`` or ``class name`` stands."""
        line, column = _name_position(self, node)
        start = self.source.offset(line, column + 1)
        return Span(self.source, start, start + len(node.name))

    @cached_property
    def _lines(self) -> Sequence[str]:
        return self.text.split("\n")


def parse(source: Source) -> Parsed:
    """The syntax tree of a file.

    Raises:
        CompileError: E101 where the text is not Python, E102 where it is nested too deeply to be read.
    """
    blanked, raw = _blank_type_parameters(source)
    tree = _python(source, blanked)
    parameters = {position: tuple(_parameter(source, p, blanked) for p in group) for position, group in raw.items()}
    return Parsed(source, blanked, tree, parameters)


def runnable_tree(source: Source) -> ast.Module:
    """A tree that CPython compiles and that means the same, on any supported version.

    A definition with type parameters gets, innermost, a decorator
    ``__pyc_generic__((name, kind, bound, default), ...)`` whose bounds and defaults are lambdas: names in them are
    looked up when they are needed. Compile the tree with :data:`LAZY_ANNOTATIONS`, because annotations mention those
    names too.

    Raises:
        CompileError: as :func:`parse`.
    """
    parsed = parse(source)
    for node in ast.walk(parsed.tree):
        if isinstance(node, Definition) and (parameters := parsed.type_parameters(node)):
            marker = ast.Call(
                ast.Name(GENERIC, ast.Load()),
                [
                    ast.Tuple(
                        [ast.Constant(p.name), ast.Constant(p.kind), _delayed(p.bound), _delayed(p.default)], ast.Load()
                    )
                    for p in parameters
                ],
                [],
            )
            node.decorator_list.append(_located(marker, node))
            if isinstance(node, ast.ClassDef):
                # Bases are evaluated before the class is: names of type parameters in them stand for these.
                known = {p.name: p for p in parameters}
                node.bases = [_StandIns(known).visit(b) for b in node.bases]
        if isinstance(node, ast.Assign) and (parameters := parsed.alias_parameters(node)):
            stand_ins = _StandIns({p.name: p for p in parameters})
            order = [stand_ins.visit(ast.copy_location(ast.Name(p.name, ast.Load()), node)) for p in parameters]
            made = ast.Call(ast.Name(ALIAS, ast.Load()), [stand_ins.visit(node.value), *order], [])
            node.value = _located(made, node)
    return parsed.tree


class _StandIns(ast.NodeTransformer):
    """Replaces the names of type parameters by calls that make them."""

    def __init__(self, known: Mapping[str, TypeParameter]) -> None:
        self._known = known

    def visit_Name(self, node: ast.Name) -> ast.expr:
        p = self._known.get(node.id)
        if p is None:
            return node
        arguments = [ast.Constant(p.name), ast.Constant(p.kind), _delayed(p.bound)]
        return _located(ast.Call(ast.Name(PARAMETER, ast.Load()), arguments, []), node)


#: The names that :func:`runnable_tree` expects in the globals of the program.
GENERIC, PARAMETER, ALIAS = "__pyc_generic__", "__pyc_parameter__", "__pyc_alias__"
#: The flag for ``compile`` under which annotations stay unevaluated text.
LAZY_ANNOTATIONS = __future__.annotations.compiler_flag


# --- the parser behind it ---------------------------------------------------------------------------------------------


def _python(source: Source, text: str) -> ast.Module:
    try:
        with warnings.catch_warnings():
            # CPython's remarks on odd literals would be printed to the user, twice, without a code.
            warnings.simplefilter("ignore")
            tree = ast.parse(text, filename=source.path)
            # Duplicate parameters, `return` outside a function and the like: what Python refuses after parsing.
            compile(tree, source.path, "exec", LAZY_ANNOTATIONS, dont_inherit=True)
            return tree
    except SyntaxError as error:
        raise CompileError([_syntax_error(source, error)]) from None
    except (RecursionError, MemoryError):
        message = "this file is nested too deeply to be parsed"
        raise CompileError([Diagnostic("E102", message, Span(source, 0, 0))]) from None
    except ValueError as error:  # null bytes, on the versions that do not call them a SyntaxError
        raise CompileError([Diagnostic("E101", str(error), Span(source, 0, 0))]) from None


def _syntax_error(source: Source, error: SyntaxError) -> Diagnostic:
    line, column = error.lineno or 1, error.offset or 1
    start = source.offset(line, max(column, 1))
    end = start + 1
    if error.end_lineno and error.end_offset and (error.end_lineno, error.end_offset) > (line, column):
        end = source.offset(error.end_lineno, error.end_offset)
    span = Span(source, start, min(max(end, start), len(source.text)))
    return Diagnostic("E101", error.msg or "invalid syntax", span, syntax_advice.notes(source, line))


def _characters(lines: Sequence[str], line: int, column: int) -> int:
    """The character index of a byte column."""
    if not 1 <= line <= len(lines):
        return column
    text = lines[line - 1]
    return column if text.isascii() else len(text.encode()[:column].decode(errors="ignore"))


# --- the pre-pass -----------------------------------------------------------------------------------------------------

#: Wherever there is a type parameter or an alias, and in some strings and comments; most files have neither, and their
#: tokens take longer to find than their tree.
_MAY_DECLARE = re.compile(r"\b(?:def|class)[\s\\]+[^\s\\\[(:]+[\s\\]*\[|\btype[\s\\]+[^\s=]")


@dataclass(frozen=True)
class _Raw:
    """A type parameter as tokens: name, and the character ranges of bound and default."""

    name: str
    kind: Literal["name", "pack"]
    start: int
    end: int
    bound: tuple[int, int] | None
    default: tuple[int, int] | None


def _blank_type_parameters(source: Source) -> tuple[str, dict[tuple[int, int], list[_Raw]]]:
    """The text with type parameters blanked, and what stood there, by (line, character column) of the defined name."""
    if _MAY_DECLARE.search(source.text) is None:
        return source.text, {}
    tokens = _tokens(source.text)
    characters = list(source.text)
    found: dict[tuple[int, int], list[_Raw]] = {}
    for i, token in enumerate(tokens):
        if token.type != tokenize.NAME:
            continue
        if token.string in ("def", "class") and _opens(tokens, i + 2) and tokens[i + 1].type == tokenize.NAME:
            close = _closing(tokens, i + 2)
            if close is None:
                continue
            found[tokens[i + 1].start] = list(_split(source, tokens[i + 3 : close]))
            _blank(characters, _at(source, tokens[i + 2].start), _at(source, tokens[close].end))
        elif token.string == "type" and _is_alias(tokens, i):
            # `type X = e` -> `X      = e`: the value keeps its place, which is what diagnostics point at.
            name = tokens[i + 1]
            start, end = _at(source, token.start), _at(source, name.end)
            characters[start:end] = list(name.string.ljust(end - start))
            close = _closing(tokens, i + 2) if _opens(tokens, i + 2) else None
            if close is not None:
                found[token.start] = list(_split(source, tokens[i + 3 : close]))
                _blank(characters, _at(source, tokens[i + 2].start), _at(source, tokens[close].end))
    return "".join(characters), found


def _tokens(text: str) -> list[tokenize.TokenInfo]:
    """The tokens up to the first error: what cannot be tokenised is refused by the parser, with a better message."""
    tokens: list[tokenize.TokenInfo] = []
    # SystemError: Python 3.12's tokenizer loses the reason of some errors.
    with contextlib.suppress(tokenize.TokenError, SyntaxError, ValueError, SystemError):
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            tokens.append(token)  # noqa: PERF402 (the tokens before an error are wanted)
    return [t for t in tokens if t.type not in (tokenize.NL, tokenize.COMMENT)]


def _opens(tokens: Sequence[tokenize.TokenInfo], i: int) -> bool:
    return i < len(tokens) and tokens[i].string == "["


def _closing(tokens: Sequence[tokenize.TokenInfo], i: int) -> int | None:
    """The index of the bracket that closes the one at ``i``."""
    depth = 0
    for k in range(i, len(tokens)):
        if tokens[k].type == tokenize.OP:
            depth += (tokens[k].string in "([{") - (tokens[k].string in ")]}")
            if depth == 0:
                return k
    return None


def _is_alias(tokens: Sequence[tokenize.TokenInfo], i: int) -> bool:
    """``type`` is a soft keyword: it begins a statement and a name and ``=`` follow."""
    begins = (
        i == 0
        or tokens[i - 1].type in (tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT)
        or tokens[i - 1].string in ";:"
    )
    if not (begins and i + 2 < len(tokens) and tokens[i + 1].type == tokenize.NAME):
        return False
    close = _closing(tokens, i + 2) if _opens(tokens, i + 2) else i + 1
    return (
        not keyword.iskeyword(tokens[i + 1].string)
        and close is not None
        and close + 1 < len(tokens)
        and tokens[close + 1].string == "="
    )


def _split(source: Source, tokens: Sequence[tokenize.TokenInfo]) -> Iterator[_Raw]:
    """The parameters between the brackets. Malformed ones are an E101 at the token."""
    seen: set[str] = set()
    for group in _by_comma(tokens):
        kind: Literal["name", "pack"] = "name"
        rest = group
        if rest[0].string in ("*", "**"):
            if rest[0].string == "**" or len(rest) < 2:
                raise _malformed(source, rest[0])
            kind, rest = "pack", rest[1:]
        name = rest[0]
        if name.type != tokenize.NAME or keyword.iskeyword(name.string):
            raise _malformed(source, name)
        if name.string in seen:
            raise _malformed(source, name, f"duplicate type parameter '{name.string}'")
        seen.add(name.string)
        bound, default = _bound_and_default(source, rest[1:])
        start, end = _at(source, group[0].start), _at(source, group[-1].end)
        yield _Raw(name.string, kind, start, end, bound, default)


def _bound_and_default(
    source: Source, tokens: Sequence[tokenize.TokenInfo]
) -> tuple[tuple[int, int] | None, tuple[int, int] | None]:
    """The character ranges after ``:`` and after ``=``."""
    if not tokens:
        return None, None
    equals = next((k for k, (t, depth) in enumerate(_depths(tokens)) if depth == 0 and t.string == "="), len(tokens))
    head, tail = tokens[:equals], tokens[equals + 1 :]
    bound = default = None
    if head:
        if head[0].string != ":" or len(head) < 2:
            raise _malformed(source, head[0])
        bound = _at(source, head[1].start), _at(source, head[-1].end)
    if equals < len(tokens):
        if not tail:
            raise _malformed(source, tokens[equals])
        default = _at(source, tail[0].start), _at(source, tail[-1].end)
    return bound, default


def _depths(tokens: Sequence[tokenize.TokenInfo]) -> Iterator[tuple[tokenize.TokenInfo, int]]:
    depth = 0
    for token in tokens:
        if token.type == tokenize.OP and token.string in ")]}":
            depth -= 1
        yield token, depth
        if token.type == tokenize.OP and token.string in "([{":
            depth += 1


def _by_comma(tokens: Sequence[tokenize.TokenInfo]) -> Iterator[list[tokenize.TokenInfo]]:
    group: list[tokenize.TokenInfo] = []
    for token, depth in _depths(tokens):
        if depth == 0 and token.string == ",":
            if group:
                yield group
            group = []
        else:
            group.append(token)
    if group:
        yield group


def _blank(characters: list[str], start: int, end: int) -> None:
    """Blank a range. A line break in it was inside brackets, and must not end the statement now: it is escaped."""
    for k in range(start, end):
        if characters[k] == "\n":
            if characters[k - 1] == " ":
                characters[k - 1] = "\\"
            else:
                characters[k] = "\\\n"
        else:
            characters[k] = " "


def _parameter(source: Source, raw: _Raw, blanked: str) -> TypeParameter:
    return TypeParameter(
        raw.name,
        raw.kind,
        _expression(source, raw.bound, blanked),
        _expression(source, raw.default, blanked),
        Span(source, raw.start, raw.end),
    )


def _expression(source: Source, extent: tuple[int, int] | None, blanked: str) -> ast.expr | None:
    """The expression in a range of the source, with positions in the file."""
    if extent is None:
        return None
    start, end = extent
    try:
        # Parentheses let it break lines; the first line shifts by the one before it.
        body = ast.parse(f"({source.text[start:end]})", mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise CompileError([Diagnostic("E101", "invalid type parameter", Span(source, start, end))]) from None
    _reposition(body, f"({source.text[start:end]})".split("\n"), source.position(start), blanked.split("\n"))
    return body


def _reposition(body: ast.expr, snippet: Sequence[str], begin: tuple[int, int], lines: Sequence[str]) -> None:
    """Move the nodes of a parsed snippet, a parenthesis before it, to where it begins in the file.

    Columns become bytes of the blanked text, in which :meth:`Parsed.span_of` counts.
    """
    line, column = begin

    def moved(at: int, byte: int) -> tuple[int, int]:
        character = _characters(snippet, at, byte) + (column - 2 if at == 1 else 0)
        row = line + at - 1
        return row, len(lines[row - 1][:character].encode())

    for node in ast.walk(body):
        if isinstance(node, ast.expr):
            node.end_lineno, node.end_col_offset = moved(node.end_lineno or node.lineno, node.end_col_offset or 0)
            node.lineno, node.col_offset = moved(node.lineno, node.col_offset)


def _malformed(source: Source, token: tokenize.TokenInfo, message: str = "invalid type parameter") -> CompileError:
    span = Span(source, _at(source, token.start), _at(source, token.end))
    return CompileError([Diagnostic("E101", message, span)])


def _at(source: Source, position: tuple[int, int]) -> int:
    return source.offset(position[0], position[1] + 1)


def _name_position(parsed: Parsed, node: Definition) -> tuple[int, int]:
    """(line, character column) of the name in a definition: the first token after ``def`` or ``class``.

    The keyword may be preceded by ``async`` and the name may stand on a continued line.
    """
    start = parsed.span_of(node).start
    keyword_text = "class" if isinstance(node, ast.ClassDef) else "def"
    at = parsed.text.find(keyword_text, _offset_in(parsed, start)) + len(keyword_text)
    while at < len(parsed.text) and parsed.text[at] in " \t\f\\\n\r":
        at += 1
    return parsed.text.count("\n", 0, at) + 1, at - (parsed.text.rfind("\n", 0, at) + 1)


def _offset_in(parsed: Parsed, offset: int) -> int:
    """An offset in the source as one in the blanked text, which may be longer by escaped line breaks."""
    line, column = parsed.source.position(offset)
    at = 0
    for _ in range(line - 1):
        at = parsed.text.find("\n", at) + 1
    return at + column - 1


def _delayed(expression: ast.expr | None) -> ast.expr:
    if expression is None:
        return ast.Constant(None)
    empty = ast.arguments(posonlyargs=[], args=[], kwonlyargs=[], kw_defaults=[], defaults=[])
    return ast.Lambda(empty, expression)


def _located(tree: _Node, at: ast.AST) -> _Node:
    """``tree`` with every missing position taken from ``at``."""
    ast.copy_location(tree, at)
    return ast.fix_missing_locations(tree)
