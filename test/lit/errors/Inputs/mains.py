import pyc
from pyc import Dim, Tensor, f64

N = Dim("N")


def arrays(x: Tensor[f64, N], *, k: int) -> Tensor[f64, N]:
    return x * k


def says(k: int) -> None:
    print(f"{k:c}")
    try:
        raise ValueError(k)
    except ValueError as error:
        print(f"{error:>{k}}")
    raise OSError(k, "no such thing")


class Net(pyc.Module):
    w: Tensor[f64, 2]

    def main(self) -> None:
        print(self.w)


def joins(k: int) -> None:
    print("k" + str(k))
    print("%d" % k)
