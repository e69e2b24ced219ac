"""In a bundle this name is the file ``targets/cpu/_described.py`` itself."""

from ..cpu._described import listed, returned

__all__ = ["listed", "returned"]
