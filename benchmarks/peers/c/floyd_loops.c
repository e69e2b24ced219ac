#include <stdint.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
typedef int64_t i64;

void floyd_loops(double *d, i64 n, i64 m) {
    for (i64 k = 0; k < n; k++)
        for (i64 i = 0; i < n; i++) {
            for (i64 j = 0; j < n; j++) {
                double through = d[i * n + k] + d[k * n + j];
                if (through < d[i * n + j]) d[i * n + j] = through;
            }
        }
}
