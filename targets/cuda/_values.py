"""In a bundle this name is the file ``targets/cpu/_values.py`` itself."""

from ..cpu._values import ArrayParameter, ArrayResult, Dims, ScalarParameter

__all__ = ["ArrayParameter", "ArrayResult", "Dims", "ScalarParameter"]
