"""In a bundle this name is the file ``targets/cpu/runtime.py`` itself."""

from ..cpu.runtime import Bundle, Described

__all__ = ["Bundle", "Described"]
