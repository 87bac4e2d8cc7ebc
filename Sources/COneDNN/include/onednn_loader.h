#ifndef LAYERSWAP_ONEDNN_LOADER_H
#define LAYERSWAP_ONEDNN_LOADER_H

#include <stdint.h>

// oneDNN is opened at run time: it is there for bfloat16 alone, and everything else works without.

/// Opens the library and looks up what this project calls.
/// Returns null on success, otherwise a text that says what failed (static or owned by dlerror).
const char *onednn_open(const char *library);

/// Whether `onednn_open` has succeeded.
int onednn_is_open(void);

/// C = op(A) * op(B) + beta * C in row-major order, A and B in bfloat16, sums and C in float32; op
/// transposes when its flag is not 0. Returns 0 on success.
int onednn_bfloat16_product(int transpose_a, int transpose_b, int64_t m, int64_t n, int64_t k,
                            const uint16_t *a, int64_t a_stride, const uint16_t *b,
                            int64_t b_stride, float beta, float *c, int64_t c_stride);

/// The library's version, in three parts.
void onednn_version(int *major, int *minor, int *patch);

#endif
