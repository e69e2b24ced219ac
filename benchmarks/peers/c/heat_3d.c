#include <stdint.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
typedef int64_t i64;

static void step(const double *restrict a, double *restrict b, i64 n) {
#define A(i, j, k) a[((i) * n + (j)) * n + (k)]
    for (i64 i = 1; i < n - 1; i++)
        for (i64 j = 1; j < n - 1; j++)
            for (i64 k = 1; k < n - 1; k++)
                b[(i * n + j) * n + k] = 0.125 * (A(i + 1, j, k) - 2.0 * A(i, j, k) + A(i - 1, j, k)) +
                                         0.125 * (A(i, j + 1, k) - 2.0 * A(i, j, k) + A(i, j - 1, k)) +
                                         0.125 * (A(i, j, k + 1) - 2.0 * A(i, j, k) + A(i, j, k - 1)) + A(i, j, k);
}
void heat_3d(i64 steps, double *a, i64 n, i64 m, i64 o, double *b, i64 nb, i64 mb, i64 ob) {
    for (i64 t = 1; t < steps; t++) {
        step(a, b, n);
        step(b, a, n);
    }
}
