"""In a bundle this name is the file ``targets/cpu/_foreign.py`` itself."""

from ..cpu._foreign import Interface, article, captured

__all__ = ["Interface", "article", "captured"]
