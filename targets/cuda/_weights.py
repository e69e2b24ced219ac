"""In a bundle this name is the file ``targets/cpu/_weights.py`` itself."""

from ..cpu._weights import numpy_dtype

__all__ = ["numpy_dtype"]
