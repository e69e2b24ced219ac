"""In a bundle this name is the file ``targets/cpu/_called.py`` itself."""

from ..cpu._called import Described

__all__ = ["Described"]
