"""In a bundle this name is the file ``targets/cpu/_bundle.py`` itself."""

from ..cpu._bundle import Bundle, check_files, read_manifest

__all__ = ["Bundle", "check_files", "read_manifest"]
