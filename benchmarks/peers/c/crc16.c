#include <stdint.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
typedef int64_t i64;

void crc16(const uint8_t *data, i64 n, i64 *result) {
    uint32_t crc = 0xFFFF;
    for (i64 i = 0; i < n; i++) {
        uint32_t byte = data[i];
        for (int k = 0; k < 8; k++) {
            crc = (crc & 1) ^ (byte & 1) ? (crc >> 1) ^ 0x8408 : crc >> 1;
            byte >>= 1;
        }
    }
    crc = ~crc & 0xFFFF;
    crc = (crc << 8) | ((crc >> 8) & 0xFF);
    *result = crc & 0xFFFF;
}
