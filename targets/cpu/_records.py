"""In a bundle this name is the file ``pyc/records.py`` itself."""

from pyc.records import Fixed, Items, Nested, Number, RecordArray, SoA, described

__all__ = ["Fixed", "Items", "Nested", "Number", "RecordArray", "SoA", "described"]
