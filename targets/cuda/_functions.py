"""In a bundle this name is the file ``targets/cpu/runtime.py`` itself."""

from ..cpu.runtime import Bundle, Described, check_files, read_manifest

__all__ = ["Bundle", "Described", "check_files", "read_manifest"]
