"""Lambdas as functions."""

from __future__ import annotations

import ast


def function_of(node: ast.Lambda) -> ast.FunctionDef:
    """A lambda as the function that it is."""
    result = ast.copy_location(ast.Return(node.body), node.body)
    made = ast.FunctionDef(name="lambda", args=node.args, body=[result], decorator_list=[], returns=None)
    return ast.copy_location(made, node)
