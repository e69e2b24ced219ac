"""Element types and precisions: what a number is in memory, in arithmetic and in an accumulator."""

from __future__ import annotations

from typing import Any, Literal

from .dataclass import dataclass

Kind = Literal["bool", "int", "uint", "float", "complex"]


@dataclass(frozen=True)
class DType:
    """An element type, by its name in the language, in NumPy (or ml_dtypes) and in MLIR; ``bits`` are those stored."""

    name: str
    kind: Kind
    bits: int
    numpy: str
    mlir: str

    @property
    def is_float(self) -> bool:
        return self.kind == "float"

    @property
    def is_integer(self) -> bool:
        return self.kind in ("int", "uint")

    @property
    def itemsize(self) -> int:
        """Bytes of one element in an array."""
        return max(self.bits // 8, 1)

    @property
    def dtype(self) -> Any:
        """NumPy's type of these elements. NumPy asks for it by this name: ``np.zeros(3, f32)``, ``x.astype(f32)``."""
        import numpy

        if self.numpy in _OF_ML_DTYPES:
            import ml_dtypes

            return numpy.dtype(getattr(ml_dtypes, self.numpy))
        return numpy.dtype(self.numpy)

    def __call__(self, value: Any = 0) -> Any:
        """``value`` as a NumPy scalar of this type: ``f32(1.5)``."""
        return self.dtype.type(value)

    def __or__(self, other: Any) -> Any:
        """``f32 | None``, in an annotation."""
        from .annotations import OptionalAnnotation

        return OptionalAnnotation(self) if other is None else NotImplemented

    __ror__ = __or__

    def __str__(self) -> str:
        return self.name

    def __repr__(self) -> str:
        """Its name: this is how signatures and documentation in Python show it."""
        return self.name


#: Element types that NumPy has from ml_dtypes, by its names.
_OF_ML_DTYPES = frozenset(
    {"bfloat16", "float8_e4m3fn", "float8_e5m2", "int4", "uint4", "float4_e2m1fn", "float8_e8m0fnu"}
)
DTYPES: dict[str, DType] = {
    d.name: d
    for d in (
        DType("bool", "bool", 1, "bool", "i1"),
        DType("i4", "int", 4, "int4", "si4"),
        DType("u4", "uint", 4, "uint4", "ui4"),
        DType("i8", "int", 8, "int8", "i8"),
        DType("i16", "int", 16, "int16", "i16"),
        DType("i32", "int", 32, "int32", "i32"),
        DType("i64", "int", 64, "int64", "i64"),
        DType("u8", "uint", 8, "uint8", "ui8"),
        DType("u16", "uint", 16, "uint16", "ui16"),
        DType("u32", "uint", 32, "uint32", "ui32"),
        DType("u64", "uint", 64, "uint64", "ui64"),
        DType("f4e2m1", "float", 4, "float4_e2m1fn", "f4E2M1FN"),
        DType("f8e8m0", "float", 8, "float8_e8m0fnu", "f8E8M0FNU"),
        DType("f8e4m3", "float", 8, "float8_e4m3fn", "f8E4M3FN"),
        DType("f8e5m2", "float", 8, "float8_e5m2", "f8E5M2"),
        DType("bf16", "float", 16, "bfloat16", "bf16"),
        DType("f16", "float", 16, "float16", "f16"),
        DType("f32", "float", 32, "float32", "f32"),
        DType("f64", "float", 64, "float64", "f64"),
        DType("c64", "complex", 64, "complex64", "complex<f32>"),
        DType("c128", "complex", 128, "complex128", "complex<f64>"),
    )
}

#: Element types that arrays hold, a byte for each element, and nothing computes with: they are widened first.
STORED = frozenset({"i4", "u4", "f4e2m1", "f8e8m0"})


@dataclass(frozen=True)
class Precision:
    """How a value is stored, computed with and accumulated, as names of :data:`DTYPES`.

    ``Mixed[f16, f32]`` is ``Precision("f16", "f32", "f32")``; a plain element type is :meth:`plain`.
    """

    storage: str
    compute: str
    accumulate: str

    @classmethod
    def plain(cls, dtype: str) -> Precision:
        """The precision that an element type means by itself: 8- and 16-bit floats accumulate in f32."""
        d = DTYPES[dtype]
        return cls(dtype, dtype, "f32" if d.is_float and d.bits < 32 else dtype)

    @classmethod
    def parse(cls, text: str) -> Precision:
        """The inverse of ``str``.

        Raises:
            ValueError: the text names no precision.
        """
        text = text.replace(" ", "")
        if text in DTYPES:
            return cls.plain(text)
        if text.startswith("Mixed[") and text.endswith("]"):
            parts = text[6:-1].split(",")
            if len(parts) in (2, 3) and all(p in DTYPES for p in parts):
                return cls(parts[0], parts[1], parts[2] if len(parts) == 3 else parts[1])
        raise ValueError(f"'{text}' is not a precision")

    @property
    def is_plain(self) -> bool:
        return self == Precision.plain(self.storage)

    def __str__(self) -> str:
        if self.is_plain:
            return self.storage
        if self.compute == self.accumulate:
            return f"Mixed[{self.storage}, {self.compute}]"
        return f"Mixed[{self.storage}, {self.compute}, {self.accumulate}]"

    __repr__ = __str__
