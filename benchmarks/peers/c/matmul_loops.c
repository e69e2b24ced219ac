#include <stdint.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
typedef int64_t i64;

void matmul_loops(const double *restrict a, i64 n, i64 k, const double *restrict b, i64 k2, i64 m, double *restrict c, i64 n2, i64 m2) {
    for (i64 i = 0; i < n; i++)
        for (i64 p = 0; p < k; p++)
            for (i64 j = 0; j < m; j++) c[i * m + j] += a[i * k + p] * b[p * m + j];
}
