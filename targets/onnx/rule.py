"""What emits one operation: a function from where it goes and what it is to the value that it gives."""

from collections.abc import Callable
from typing import Any

import onnx_ir as ir

from .scope import Scope

Rule = Callable[[Scope, Any], ir.Value]
