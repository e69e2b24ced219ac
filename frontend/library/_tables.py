"""What draws of the library are made of: tables of constants.

The compiler knows this function by heart, and makes each table that a program uses a part of the program; this is what
it means, for NumPy's numbers.
"""

from typing import Any

import numpy as np

from ..ziggurat import tables


def ziggurat(law: str, table: str, dtype: Any, i: Any) -> Any:
    """The number at position ``i`` of a table of the ziggurat method: ``k``, ``w`` or ``f`` of ``law``."""
    wide = np.dtype(dtype) == np.float64
    number = tables(law, "f64" if wide else "f32")[table][int(i)]
    return np.dtype(dtype).type(number) if isinstance(number, float) else np.int64(number)
