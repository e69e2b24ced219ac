"""In a bundle this name is the file ``targets/cpu/runtime.py`` itself."""

from pyc.targets.cpu.runtime import Bundle, Function, Module, describe

__all__ = ["Bundle", "Function", "Module", "describe"]
