#include <stdint.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
typedef int64_t i64;

void arc_distance(const double *t1, i64 n1, const double *p1, i64 n2, const double *t2, i64 n3, const double *p2, i64 n4, double *out, i64 n) {
    for (i64 i = 0; i < n; i++) {
        double s = sin((t2[i] - t1[i]) / 2), u = sin((p2[i] - p1[i]) / 2);
        double t = s * s + cos(t1[i]) * cos(t2[i]) * u * u;
        out[i] = 2 * atan2(sqrt(t), sqrt(1 - t));
    }
}
