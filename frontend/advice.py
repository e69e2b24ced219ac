"""What to write instead of an expression that compiled code does not have, made of the user's own words."""

from __future__ import annotations

import ast

#: Longer replacements are not written out.
_LONGEST = 60


def of_list(node: ast.expr) -> str | None:
    """What to write instead of a list that does not become an array; ``None`` for what is no list."""
    if not isinstance(node, ast.List | ast.ListComp):
        return None
    if isinstance(node, ast.List) and not node.elts:
        return "fill an array, `x = np.empty(n)`, and count, `x[:k]`; or write `np.array([f(v) for v in y if v > 0])`"
    array = f"np.array({ast.unparse(node)})"
    text = array if len(array) <= _LONGEST else "np.array([...])"
    if isinstance(node, ast.ListComp):
        return f"make it an array: `{text}`"
    items = ast.unparse(ast.Tuple(node.elts, ast.Load()))
    return f"make it an array, `{text}`, or a tuple, `{items if len(items) <= _LONGEST else '(...)'}`"


def of_truth(node: ast.expr) -> str:
    """An expression on truth values as one on arrays, element by element."""
    match node:
        case ast.BoolOp(op=op, values=values):
            symbol = " & " if isinstance(op, ast.And) else " | "
            text = symbol.join(f"({ast.unparse(v)})" for v in values)
        case ast.Compare(left=left, ops=ops, comparators=others) if len(ops) > 1:
            sides = [left, *others]
            parts = [ast.Compare(a, [op], [b]) for a, op, b in zip(sides, ops, others, strict=False)]
            text = " & ".join(f"({ast.unparse(p)})" for p in parts)
        case ast.UnaryOp(op=ast.Not(), operand=ast.Name() | ast.Call() | ast.Subscript() | ast.Attribute() as operand):
            text = f"~{ast.unparse(operand)}"
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            text = f"~({ast.unparse(operand)})"
        case _:
            return "`.any()` or `.all()` gives one truth value"
    return f"element by element it is `{text}`" if len(text) <= _LONGEST else "`&`, `|` and `~` work by element"


def of_truth_text(text: str) -> str:
    """:func:`of_truth` of the text of an expression."""
    node = parsed(text)
    return "`.any()` or `.all()` gives one truth value" if node is None else of_truth(node)


def of_instance(module: str) -> str:
    """What to write instead of making a module, a class with its type arguments, in compiled code."""
    field = f"`net: {module}`"
    return f"Python makes modules: declare a parameter {field} that the caller gives, or a field {field} of a module"


def parsed(text: str) -> ast.expr | None:
    """The expression that a text is, which may go over several lines; ``None`` if it is none."""
    try:
        return ast.parse(f"({text}\n)", mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def of_text(node: ast.expr) -> str | None:
    """What to write instead of putting a string together; ``None`` if the expression does not do that."""
    match node:
        case ast.BinOp(left=one, op=ast.Mod() | ast.Add() | ast.Mult(), right=other) if is_text(one) or is_text(other):
            return 'a string with values is written as `f"{x}"`, in `print`, `raise` and `assert`'
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=str()), attr="format")):
            return 'a string with values is written as `f"{x}"`, in `print`, `raise` and `assert`'
    return None


def is_text(node: ast.expr) -> bool:
    """Whether an expression is a string by its look: a literal, or a sum that has one."""
    match node:
        case ast.Constant(value=str()) | ast.JoinedStr():
            return True
        case ast.BinOp(left=left, op=ast.Add() | ast.Mod(), right=right):
            return is_text(left) or is_text(right)
    return False


def of_integer(node: ast.AST) -> str:
    """An expression that is a float as the integer that is asked for."""
    match node:
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            text = ast.unparse(ast.BinOp(left, ast.FloorDiv(), right))
        case ast.expr():
            text = f"int({ast.unparse(node)})"
        case _:
            text = "int(i)"
    return f"`{text if len(text) <= _LONGEST else 'int(...)'}` is an integer"
