#include <stdint.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
typedef int64_t i64;

void spmv(const int32_t *rows, i64 r, const int32_t *columns, i64 nc, const double *values, i64 nv, const double *x, i64 n, double *y, i64 ny) {
    for (i64 i = 0; i < r - 1; i++) {
        double total = 0;
        for (int32_t k = rows[i]; k < rows[i + 1]; k++) total += values[k] * x[columns[k]];
        y[i] = total;
    }
}
