"""In a bundle this name is the file ``run.py`` itself."""

from .run import LazyGpu

__all__ = ["LazyGpu"]
