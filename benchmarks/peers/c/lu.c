#include <stdint.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
typedef int64_t i64;

void lu(double *a, i64 n, i64 m) {
    for (i64 i = 0; i < n; i++) {
        for (i64 j = 0; j < i; j++) {
            double total = a[i * n + j];
            for (i64 k = 0; k < j; k++) total -= a[i * n + k] * a[k * n + j];
            a[i * n + j] = total / a[j * n + j];
        }
        for (i64 k = 0; k < i; k++)
            for (i64 j = i; j < n; j++) a[i * n + j] -= a[i * n + k] * a[k * n + j];
    }
}
