#include "openblas_loader.h"

#include <cblas.h>
#include <dlfcn.h>
#include <stddef.h>

static __typeof__(&cblas_sgemm) sgemm;
static __typeof__(&openblas_get_config) get_config;
static __typeof__(&openblas_get_corename) get_corename;
static __typeof__(&openblas_set_num_threads) set_threads;

const char *openblas_open(const char *library) {
    if (sgemm != NULL) return NULL;
    void *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
    if (handle == NULL) return dlerror();
    get_config = (__typeof__(get_config))dlsym(handle, "openblas_get_config");
    get_corename = (__typeof__(get_corename))dlsym(handle, "openblas_get_corename");
    set_threads = (__typeof__(set_threads))dlsym(handle, "openblas_set_num_threads");
    __typeof__(sgemm) found = (__typeof__(sgemm))dlsym(handle, "cblas_sgemm");
    if (found == NULL || get_config == NULL || get_corename == NULL || set_threads == NULL)
        return "the library is not OpenBLAS: one of cblas_sgemm, openblas_get_config, "
               "openblas_get_corename, openblas_set_num_threads is missing";
    sgemm = found;
    return NULL;
}

int openblas_is_open(void) { return sgemm != NULL; }

void openblas_sgemm(int transpose_a, int transpose_b, int m, int n, int k, float alpha,
                    const float *a, int a_stride, const float *b, int b_stride, float beta,
                    float *c, int c_stride) {
    sgemm(CblasRowMajor, transpose_a ? CblasTrans : CblasNoTrans,
          transpose_b ? CblasTrans : CblasNoTrans, m, n, k, alpha, a, a_stride, b, b_stride, beta,
          c, c_stride);
}

const char *openblas_configuration(void) { return get_config(); }
const char *openblas_kernel(void) { return get_corename(); }
void openblas_threads(int count) { set_threads(count); }
