import jax


def heat_3d(steps, a, b):
    def step(a, b):
        m = a[1:-1, 1:-1, 1:-1]
        inner = (
            0.125 * (a[2:, 1:-1, 1:-1] - 2.0 * m + a[:-2, 1:-1, 1:-1])
            + 0.125 * (a[1:-1, 2:, 1:-1] - 2.0 * m + a[1:-1, :-2, 1:-1])
            + 0.125 * (a[1:-1, 1:-1, 2:] - 2.0 * m + a[1:-1, 1:-1, :-2])
            + m
        )
        return b.at[1:-1, 1:-1, 1:-1].set(inner)

    def both(_, state):
        a, b = state
        b = step(a, b)
        return step(b, a), b

    return jax.lax.fori_loop(1, steps, both, (a, b))
