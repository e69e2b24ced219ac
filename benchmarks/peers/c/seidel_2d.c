#include <stdint.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
typedef int64_t i64;

void seidel_2d(i64 steps, double *a, i64 n, i64 m) {
    for (i64 t = 0; t < steps - 1; t++)
        for (i64 i = 1; i < n - 1; i++) {
            double *row = a + i * n, *up = row - n, *down = row + n;
            for (i64 j = 1; j < n - 1; j++)
                row[j] += up[j - 1] + up[j] + up[j + 1] + row[j + 1] + down[j - 1] + down[j] + down[j + 1];
            for (i64 j = 1; j < n - 1; j++) row[j] = (row[j] + row[j - 1]) / 9.0;
        }
}
