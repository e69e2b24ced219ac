#include <stdint.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
typedef int64_t i64;

void nbody_loops(double *x, i64 n, i64 d, double *v, i64 nv, i64 dv, double *mass, i64 nm, double dt, i64 steps) {
    for (i64 t = 0; t < steps; t++) {
        for (i64 i = 0; i < n; i++)
            for (i64 j = i + 1; j < n; j++) {
                double dx = x[3 * i] - x[3 * j], dy = x[3 * i + 1] - x[3 * j + 1], dz = x[3 * i + 2] - x[3 * j + 2];
                double d2 = dx * dx + dy * dy + dz * dz, mag = dt / (d2 * sqrt(d2));
                v[3 * i] -= dx * mass[j] * mag;
                v[3 * i + 1] -= dy * mass[j] * mag;
                v[3 * i + 2] -= dz * mass[j] * mag;
                v[3 * j] += dx * mass[i] * mag;
                v[3 * j + 1] += dy * mass[i] * mag;
                v[3 * j + 2] += dz * mass[i] * mag;
            }
        for (i64 i = 0; i < 3 * n; i++) x[i] += dt * v[i];
    }
}
