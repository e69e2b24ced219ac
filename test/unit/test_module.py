"""Module classes: instances, weights and their types, interpreted methods."""

# Wrong programs are the point of many tests here.
# pyright: reportArgumentType=false, reportAttributeAccessIssue=false, reportGeneralTypeIssues=false
# pyright: reportInvalidTypeForm=false, reportReturnType=false, reportCallIssue=false, reportIndexIssue=false

import pickle
import typing

import numpy as np
import pytest

import pyc
from pyc import CompileError, Dim, Mixed, Module, Precision, Target, Tensor, cpu, cuda, f16, f32, f64, i8
from pyc.module import type_parameters, weight_types

In, Hid, Out, B = Dim("In"), Dim("Hid"), Dim("Out"), Dim("B")
P = typing.TypeVar("P", bound=Precision)
On = typing.TypeVar("On", bound=Target)
T = typing.TypeVar("T", f32, f64)
S = typing.TypeVarTuple("S")


class Dense(Module[In, Out, P, On]):
    weight: Tensor[P, In, Out, On]
    bias: Tensor[P, Out, On]
    scale: float = 2.0

    def __call__(self, x: Tensor[P, B, In, On]) -> Tensor[P, B, Out, On]:
        return x @ self.weight + self.bias

    def doubled(self, x: Tensor[P, B, In, On]) -> Tensor[P, B, Out, On]:
        """Twice the layer."""
        return self(x) * self.scale

    @property
    def width(self):
        return self.bias.shape[0]

    @pyc.python
    def describe(self, word: str) -> "f32":
        return word


class Net(Module[In, Hid, P, On]):
    up: Dense[In, Hid, P, On]
    down: "Dense[Hid, 2 * In, P, On]"

    def __call__(self, x: Tensor[P, B, In, On]) -> Tensor[P, B, 2 * In, On]:
        return self.down(self.up(x))


class Fixed(Module):
    w: Tensor[f32, 3]

    def __call__(self, x: Tensor[f32, 3]) -> Tensor[f32, 3]:
        return x * self.w


class Derived(Fixed):
    b: Tensor[f32, 3]

    def __call__(self, x: Tensor[f32, 3]) -> Tensor[f32, 3]:
        return super().__call__(x) + self.b


Layer = Dense[3, 2, Mixed[f16, f32], cpu]


def dense_weights(i, o, dtype=np.float16):
    return {"weight": np.ones((i, o), dtype), "bias": np.zeros(o, dtype)}


def test_instances_are_classes():
    assert Layer.__name__ == "Dense[3, 2, Mixed[f16, f32], cpu]"
    assert Layer is Dense[3, 2, Mixed[f16, f32], cpu]
    assert issubclass(Layer, Dense)
    assert Dense[3, 2, f32, cuda("sm_90a")].__name__ == 'Dense[3, 2, f32, cuda("sm_90a")]'


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((3, 2), "Dense takes In, Out, P, On; it was given 2 arguments"),
        ((3.5, 2, f32, cpu), "In is a number, not 3.5"),
        ((-1, 2, f32, cpu), "In is a number, not -1"),
        ((3, 2, 5, cpu), "P is an element type or Mixed"),
        ((3, 2, f32, f32), "On is a target, not f32"),
    ],
)
def test_wrong_arguments(arguments, message):
    with pytest.raises(TypeError, match=message):
        Dense[arguments]


def test_arguments_outside_the_bound():
    class Narrow(Module[T]):
        w: Tensor[T, 2]

    assert Narrow[f32].__name__ == "Narrow[f32]"
    with pytest.raises(TypeError, match=r"T is an element type \(f32 or f64\), not i8"):
        Narrow[i8]


def test_an_instance_has_its_arguments_already():
    with pytest.raises(TypeError, match="has its arguments already"):
        Layer[3, 2, f32, cpu]
    with pytest.raises(TypeError, match="Fixed is not generic"):
        Fixed[3]
    with pytest.raises(TypeError, match="3 is not a type parameter"):
        type("Bad", (Module,), {"__orig_bases__": (Module[3],)})


def test_typing_generic_declares_parameters_too():
    class Old(Module, typing.Generic[P, On]):
        w: Tensor[P, 2, On]

    assert [str(t) for t in weight_types(Old[f16, cuda])] == ["Tensor[f16, 2]"]


class Listed(Module):
    first: Tensor[P, In + Hid, On]
    layer: Dense[Hid, Out, P, On]


def test_parameters_that_are_not_listed_are_those_that_fields_mention():
    assert [t.name for t in type_parameters(Listed)] == ["P", "Hid", "In", "On", "Out"]
    types = list(weight_types(Listed[f16, 2, 3, cuda, 4]))
    assert [str(t) for t in types] == ["Tensor[f16, 5]", "Tensor[f16, 2, 4]", "Tensor[f16, 4]"]
    with pytest.raises(TypeError, match=r"Listed is generic: give it arguments, Listed\[P, Hid, In, On, Out\]"):
        Listed()


def test_weight_types_follow_the_hierarchy():
    types = list(weight_types(Net[3, 5, Mixed[f16, f32], cuda("sm_80")]))
    assert [(t.name, str(t)) for t in types] == [
        ("up.weight", "Tensor[f16, 3, 5]"),
        ("up.bias", "Tensor[f16, 5]"),
        ("down.weight", "Tensor[f16, 5, 6]"),
        ("down.bias", "Tensor[f16, 6]"),
    ]
    assert {t.target for t in types} == {cuda("sm_80")}
    assert {t.precision for t in types} == {Mixed[f16, f32]}
    assert [t.name for t in weight_types(Derived)] == ["w", "b"]


def test_a_generic_class_has_no_objects():
    with pytest.raises(TypeError, match=r"Dense is generic: give it arguments, Dense\[In, Out, P, On\]"):
        Dense()


def test_all_problems_are_listed_at_once():
    with pytest.raises(CompileError) as caught:
        Net[3, 5, f16, cpu]({"up.weight": np.ones((3, 4), np.float16), "down.bias": np.ones(6), "up.bias": [1, 2]})
    codes = [(d.code, d.message.split("'")[1]) for d in caught.value.diagnostics]
    assert codes == [("E507", "up.weight"), ("E507", "up.bias"), ("E506", "down.weight"), ("E507", "down.bias")]
    assert "is declared Tensor[f16, 3, 5] and is Tensor[f16, 3, 4]" in caught.value.diagnostics[0].message
    assert "is declared Tensor[f16, 6] and is Tensor[f64, 6]" in caught.value.diagnostics[3].message


def test_weights_that_nothing_declares_are_a_warning():
    with pytest.warns(UserWarning, match="declares no weight 'wieght'"):
        Layer({**dense_weights(3, 2), "wieght": np.zeros(1)})


def test_weights_with_a_dimension_from_nowhere():
    class Open(Module[P]):
        w: Tensor[P, Hid]

    class Packed(Module[P]):
        w: Tensor[P, *S]

    with pytest.raises(TypeError, match=r"Open\[f32\]\.w: Hid is no type parameter of the class"):
        Open[f32]()
    with pytest.raises(TypeError, match=r"a weight has a fixed shape, without \*S"):
        Packed[f32]()


@pytest.mark.parametrize("suffix", [".safetensors", ".npz"])
def test_save_and_load(tmp_path, suffix):
    cls = Net[3, 5, Mixed[f16, f32], cpu]
    net = cls({f"{p}.{k}": v for p, s in (("up", (3, 5)), ("down", (5, 6))) for k, v in dense_weights(*s).items()})
    net.save(tmp_path / f"w{suffix}")
    again = cls.load(tmp_path / f"w{suffix}")
    x = np.ones((2, 3), np.float16)
    np.testing.assert_array_equal(again(x), net(x))
    np.testing.assert_array_equal(net(x), np.full((2, 6), 15, np.float16))
    assert list(again.arrays()) == ["up.weight", "up.bias", "down.weight", "down.bias"]


def test_methods_round_check_and_keep_their_names():
    layer = Layer(dense_weights(3, 2))
    y = layer(np.full((1, 3), 0.1, np.float16))
    assert y.dtype == np.float16
    assert y.precision == Mixed[f16, f32]
    assert layer.doubled(np.ones((1, 3), np.float16)).tolist() == [[6.0, 6.0]]
    assert Dense.doubled.__doc__ == "Twice the layer."
    assert layer.width == 2
    assert layer.describe("as it is") == "as it is"
    assert repr(layer).startswith("<Dense[3, 2, Mixed[f16, f32], cpu]: weight: Tensor[f16, 3, 2]")
    with pytest.raises(ValueError, match="In is 3 and 4 in x"):
        layer(np.ones((1, 4), np.float16))
    with pytest.raises(TypeError, match="was given f64"):
        layer(np.ones((1, 3)))


def test_inheritance():
    module = Derived(w=np.full(3, 2, np.float32), b=np.ones(3, np.float32))
    assert module(np.ones(3, np.float32)).tolist() == [3.0, 3.0, 3.0]


def test_weights_are_copies_on_their_target():
    given = dense_weights(3, 2)
    layer = Dense[3, 2, f16, cuda](given)
    given["bias"][:] = 9
    assert layer.bias.tolist() == [0, 0]
    assert layer.bias.target == cuda
    with pytest.raises(TypeError, match="x is on cpu and __call__ takes it on cuda: write "):
        layer(pyc.array(np.ones((1, 3)), f16))


def test_arrays_of_weights_are_picklable():
    layer = Layer(dense_weights(3, 2))
    again = pickle.loads(pickle.dumps(layer.weight))
    assert again.precision == Mixed[f16, f32]
