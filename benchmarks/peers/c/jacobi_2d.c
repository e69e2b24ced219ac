#include <stdint.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
typedef int64_t i64;

static void step(const double *restrict a, double *restrict b, i64 n) {
    for (i64 i = 1; i < n - 1; i++)
        for (i64 j = 1; j < n - 1; j++)
            b[i * n + j] = 0.2 * (a[i * n + j] + a[i * n + j - 1] + a[i * n + j + 1] + a[(i + 1) * n + j] + a[(i - 1) * n + j]);
}
void jacobi_2d(i64 steps, double *a, i64 n, i64 m, double *b, i64 nb, i64 mb) {
    for (i64 t = 1; t < steps; t++) {
        step(a, b, n);
        step(b, a, n);
    }
}
