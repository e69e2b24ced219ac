"""In a bundle this name is the file ``targets/cpu/runtime.py`` itself."""

from pyc.targets.cpu.runtime import Bundle, Described

__all__ = ["Bundle", "Described"]
