#include <stdint.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
typedef int64_t i64;

void levenshtein(const uint8_t *a, i64 n, const uint8_t *b, i64 m, i64 *result) {
    i64 w = m + 1, *d = malloc((n + 1) * w * sizeof(i64));
    for (i64 i = 0; i <= n; i++) d[i * w] = i;
    for (i64 j = 0; j <= m; j++) d[j] = j;
    for (i64 i = 1; i <= n; i++)
        for (i64 j = 1; j <= m; j++) {
            i64 best = d[(i - 1) * w + j] + 1, left = d[i * w + j - 1] + 1;
            i64 diagonal = d[(i - 1) * w + j - 1] + (a[i - 1] != b[j - 1]);
            best = left < best ? left : best;
            d[i * w + j] = diagonal < best ? diagonal : best;
        }
    *result = d[n * w + m];
    free(d);
}
