#include <stdint.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
typedef int64_t i64;

void mandelbrot_loops(double x0, double x1, double y0, double y1, uint8_t *image, i64 h, i64 w, i64 limit) {
    double px = (x1 - x0) / w, py = (y1 - y0) / h;
    for (i64 x = 0; x < w; x++)
        for (i64 y = 0; y < h; y++) {
            double cr = x0 + x * px, ci = y0 + y * py, zr = 0, zi = 0;
            i64 k = 0;
            for (; k < limit; k++) {
                double next = zr * zr - zi * zi + cr;
                zi = zr * zi + zi * zr + ci;
                zr = next;
                if (zr * zr + zi * zi >= 4) break;
            }
            image[y * w + x] = k;
        }
}
