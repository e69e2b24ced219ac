#include <stdint.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
typedef int64_t i64;

void sieve(i64 n, i64 *small, i64 k, i64 *result) {
    uint8_t *flags = malloc(n + 1);
    memset(flags, 1, n + 1);
    flags[0] = flags[1] = 0;
    for (i64 i = 2; i * i <= n; i++)
        if (flags[i])
            for (i64 j = i * i; j <= n; j += i) flags[j] = 0;
    i64 found = 0, count = 0;
    for (i64 p = 2; p <= n; p++)
        if (flags[p] && found < k) small[found++] = p;
    for (i64 p = 0; p <= n; p++) count += flags[p];
    *result = count;
    free(flags);
}
