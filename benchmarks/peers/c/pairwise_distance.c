#include <stdint.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
typedef int64_t i64;

void pairwise_distance(const double *x, i64 n, i64 d, double *out, i64 no, i64 mo) {
    for (i64 i = 0; i < n; i++)
        for (i64 j = 0; j < n; j++) {
            double total = 0;
            for (i64 k = 0; k < d; k++) {
                double t = x[i * d + k] - x[j * d + k];
                total += t * t;
            }
            out[i * n + j] = sqrt(total);
        }
}
