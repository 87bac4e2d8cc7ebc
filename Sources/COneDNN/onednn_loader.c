#include "onednn_loader.h"

#include <dlfcn.h>
#include <stddef.h>

// The few declarations that are needed, so that building does not need the library's headers. The
// product is the library's own entry for its primitives; it is exported but not in its header.
typedef int (*bfloat16_product)(char transa, char transb, int64_t m, int64_t n, int64_t k,
                                float alpha, const uint16_t *a, int64_t lda, const uint16_t *b,
                                int64_t ldb, float beta, float *c, int64_t ldc);
typedef struct {
    int major, minor, patch;
} version_numbers;
typedef const version_numbers *(*version_function)(void);

static bfloat16_product product;
static version_function version;

const char *onednn_open(const char *library) {
    if (product != NULL) return NULL;
    void *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
    if (handle == NULL) return dlerror();
    version = (version_function)dlsym(handle, "dnnl_version");
    bfloat16_product found = (bfloat16_product)dlsym(handle, "dnnl_gemm_bf16bf16f32");
    if (found == NULL || version == NULL)
        return "the library is not oneDNN, or one without products in bfloat16: "
               "dnnl_gemm_bf16bf16f32 or dnnl_version is missing";
    product = found;
    return NULL;
}

int onednn_is_open(void) { return product != NULL; }

int onednn_bfloat16_product(int transpose_a, int transpose_b, int64_t m, int64_t n, int64_t k,
                            const uint16_t *a, int64_t a_stride, const uint16_t *b,
                            int64_t b_stride, float beta, float *c, int64_t c_stride) {
    return product(transpose_a ? 'T' : 'N', transpose_b ? 'T' : 'N', m, n, k, 1, a, a_stride, b,
                   b_stride, beta, c, c_stride);
}

void onednn_version(int *major, int *minor, int *patch) {
    const version_numbers *numbers = version();
    *major = numbers->major;
    *minor = numbers->minor;
    *patch = numbers->patch;
}
