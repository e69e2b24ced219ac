#include <stdint.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
typedef int64_t i64;

void jacobi_1d(i64 steps, double *restrict a, i64 n, double *restrict b, i64 nb) {
    for (i64 t = 1; t < steps; t++) {
        for (i64 i = 1; i < n - 1; i++) b[i] = 0.33333 * (a[i - 1] + a[i] + a[i + 1]);
        for (i64 i = 1; i < n - 1; i++) a[i] = 0.33333 * (b[i - 1] + b[i] + b[i + 1]);
    }
}
