"""Names of NumPy that compiled code has not, with what a program writes instead."""

from __future__ import annotations

import numpy

from pyc.diagnostics import Note

from .report import closest, fix

_OUTSIDE = "call it in a function that is not compiled, and pass what it gives"
_TYPES = "element types are np.float32, np.float64, np.int8 to np.int64, np.uint8 to np.uint64, np.bool_ and the like"
_OBJECTS = "arrays of a compiled program hold numbers and records"
_MODULES = "np.linalg, np.fft and np.random are the modules of NumPy that compile"
_PRINTING = "`print` formats numbers; call it in a function that is not compiled"
_STATE = "compiled code neither warns nor raises for floating-point errors, as NumPy when all is ignored"
_FILES = "read and write files in a function that is not compiled, and pass the arrays"

#: What to write in place of a function or value of NumPy, by its name.
INSTEAD = {
    "apply_over_axes": "give the reduction its axes: `np.sum(x, axis=(0, 2), keepdims=True)`",
    "array2string": _PRINTING, "array_repr": _PRINTING, "array_str": _PRINTING, "base_repr": _PRINTING,
    "binary_repr": _PRINTING, "format_float_positional": _PRINTING, "format_float_scientific": _PRINTING,
    "asanyarray": "`np.asarray(x)`", "asarray_chkfinite": "`np.asarray(x)`, and `np.all(np.isfinite(x))`",
    "asfortranarray": "arrays made in compiled code have C order: `np.ascontiguousarray(x)`, or `x.T.copy().T`",
    "asmatrix": "arrays with two axes, and `@`", "matrix": "arrays with two axes, and `@`",
    "bmat": "`np.block`", "poly1d": "`np.polyval(coefficients, x)`",
    "astype": "`x.astype(dtype)`",
    "broadcast": "`np.broadcast_arrays(x, y)`", "broadcast_shapes": "`np.broadcast_arrays(x, y)[0].shape`",
    "can_cast": "write the type that is meant: `x.astype(dtype)`", "common_type": "`np.result_type(x, y)`",
    "min_scalar_type": "`np.result_type`", "mintypecode": "`np.result_type`", "isdtype": "`x.dtype.kind`",
    "issubdtype": "`x.dtype.kind`", "typename": "`x.dtype.name`",
    "s_": "write the slice where it is used: `x[1:3]`", "index_exp": "write the slice where it is used: `x[1:3]`",
    "dtype": _TYPES, "einsum_path": "np.einsum multiplies from left to right",
    "emath": "complex numbers: `np.sqrt(x + 0j)`",
    "errstate": _STATE, "seterr": _STATE, "geterr": _STATE, "seterrcall": _STATE, "geterrcall": _STATE,
    "setbufsize": _STATE, "getbufsize": _STATE,
    "False_": "`False`", "True_": "`True`", "PINF": "`np.inf`", "NINF": "`-np.inf`", "NaN": "`np.nan`",
    "flatiter": "`x.ravel()`", "nditer": "a loop over `x.ravel()`, or over the indices", "nested_iters": "nested loops",
    "ndenumerate": "`for i in range(x.shape[0])`, with a loop for each axis",
    "ndindex": "`for i in range(n)`, with a loop for each axis",
    "from_dlpack": "compiled functions take such arrays as arguments", "frompyfunc": "`np.vectorize(f)(x)`",
    "histogramdd": "`np.histogram2d`", "in1d": "`np.isin`",
    "isfortran": "compiled code gives the same results for each order of elements",
    "isnat": "dates are numbers in compiled code", "isscalar": "`np.ndim(x) == 0`",
    "iterable": "arrays with axes are, and numbers are not: `np.ndim(x) > 0`",
    "long": "`np.int64`", "longlong": "`np.int64`", "int_": "`np.int64`", "short": "`np.int16`", "byte": "`np.int8`",
    "intc": "`np.int32`", "uintc": "`np.uint32`", "uint": "`np.uint64`", "uintp": "`np.uint64`", "ulong": "`np.uint64`",
    "ulonglong": "`np.uint64`", "ushort": "`np.uint16`", "ubyte": "`np.uint8`",
    "longdouble": "`np.float64`", "float128": "`np.float64`", "clongdouble": "`np.complex128`",
    "complex256": "`np.complex128`",
    "lib": "windows, as of sliding_window_view, are slices: `x[i : i + n]` in a loop over i",
    "mask_indices": "`np.triu_indices`, `np.tril_indices`, or `np.nonzero` of a mask",
    "matrix_transpose": "`x.mT`",
    "may_share_memory": "the arguments of a call that overlap are told apart by the loader",
    "shares_memory": "the arguments of a call that overlap are told apart by the loader",
    "product": "`np.prod`", "trapz": "`np.trapezoid`", "cumproduct": "`np.cumprod`", "sometrue": "`np.any`",
    "alltrue": "`np.all`", "round_": "`np.round`", "msort": "`np.sort(x, axis=0)`",
    "real_if_close": "the type of its result depends on the numbers: `z.real` where imaginary parts may go",
    "record": "records are classes with `@pyc.record`", "recarray": "records are classes with `@pyc.record`",
    "rec": "records are classes with `@pyc.record`",
    "require": "`np.ascontiguousarray(x)`", "rollaxis": "`np.moveaxis`",
    "sort_complex": "`np.sort(x.astype(np.complex128))`",
    "unstack": "`x[0], x[1]`", "vectorize": "`np.vectorize(f)(x)`",
    "void": _OBJECTS, "object_": _OBJECTS, "str_": _OBJECTS, "bytes_": _OBJECTS, "datetime64": _OBJECTS,
    "timedelta64": _OBJECTS, "character": _OBJECTS, "memmap": "np.memmap arrays are arguments like any array",
    **dict.fromkeys(("generic", "number", "floating", "integer", "inexact", "complexfloating", "signedinteger",
                     "unsignedinteger", "flexible", "ScalarType", "sctypeDict", "typecodes"), _TYPES),
    **dict.fromkeys(("load", "loadtxt", "genfromtxt", "fromfile", "fromregex", "fromstring", "frombuffer", "save",
                     "savetxt", "savez", "savez_compressed"), _FILES),
    **dict.fromkeys(("char", "core", "ctypeslib", "dtypes", "exceptions", "f2py", "ma", "polynomial", "strings",
                     "testing", "typing", "version", "matlib"), _MODULES),
}  # fmt: skip
#: The same for methods and attributes of arrays.
OF_ARRAYS = {
    "base": "compiled code gives copies or views as NumPy does; no object is asked for its base",
    "ctypes": "pass the array itself",
    "data": "`x` itself; its elements are `x.ravel()`", "device": "`.to(cuda)` moves",
    "dumps": "return the array", "flags": "compiled code gives the same results for each order of elements",
    "getfield": "fields of records are attributes: `x.field`", "setfield": "`x.field[:] = v`",
    "setflags": "what compiled code may write is told by what it assigns",
    "strides": "compiled code gives the same results for each order of elements",
    "to_device": "`x.to(cuda)`", "tofile": _FILES, "newbyteorder": "elements have the byte order of the machine",
    "itemset": "`x[i] = v`", "tostring": "return the array, and call tobytes on it",
}  # fmt: skip
#: Names that are attributes, not methods.
ATTRIBUTES = ("T", "dtype", "flat", "imag", "itemsize", "mT", "nbytes", "ndim", "real", "shape", "size")
_LISTED = "docs/coverage.md lists the functions that are supported"


def notes(name: str, known: tuple[str, ...], meant: tuple[Note, ...] = ()) -> tuple[Note, ...]:
    """What to write in place of ``np.name``, which is not supported: an own word, ``meant``, or what looks like it."""
    if name in INSTEAD:
        return (fix(INSTEAD[name]),)
    if name in known:
        return (fix(f"it is no function: `np.{name}[...]`"),)
    if hasattr(numpy, name):
        return (fix(f"{_OUTSIDE}; {_LISTED}"),)
    return meant or closest(name, known) or (fix(_LISTED),)


def notes_of_arrays(name: str, known: tuple[str, ...], meant: tuple[Note, ...] = ()) -> tuple[Note, ...]:
    """What to write in place of ``x.name`` or ``x.name()``: an own word, ``meant``, or what looks like it."""
    if name in ATTRIBUTES:
        return meant or (fix(f"it is no method: `x.{name}`"),)
    return (fix(OF_ARRAYS[name]),) if name in OF_ARRAYS else meant or closest(name, known)
