#include <stdint.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
typedef int64_t i64;

void floyd_warshall(int32_t *path, i64 n, i64 m) {
    for (i64 k = 0; k < n; k++)
        for (i64 i = 0; i < n; i++) {
            int32_t first = path[i * n + k];
            for (i64 j = 0; j < n; j++) {
                int32_t through = first + path[k * n + j];
                path[i * n + j] = through < path[i * n + j] ? through : path[i * n + j];
            }
        }
}
