#include "openblas_loader.h"

#include <cblas.h>
#include <dlfcn.h>
#include <stddef.h>

static __typeof__(&cblas_sgemm) sgemm;
static __typeof__(&cblas_dgemm) dgemm;
static __typeof__(&cblas_dsyrk) dsyrk;
// LAPACK's own interface: by reference, and the lengths of the texts at the end.
static void (*dsyev)(const char *job, const char *triangle, const int *n, double *a,
                     const int *a_stride, double *values, double *work, const int *work_count,
                     int *failure, size_t job_length, size_t triangle_length);
static void (*dpotrf)(const char *triangle, const int *n, double *a, const int *a_stride,
                      int *failure, size_t triangle_length);
static void (*dpotrs)(const char *triangle, const int *n, const int *count, const double *a,
                      const int *a_stride, double *b, const int *b_stride, int *failure,
                      size_t triangle_length);
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
    dgemm = (__typeof__(dgemm))dlsym(handle, "cblas_dgemm");
    dsyrk = (__typeof__(dsyrk))dlsym(handle, "cblas_dsyrk");
    dsyev = (__typeof__(dsyev))dlsym(handle, "dsyev_");
    dpotrf = (__typeof__(dpotrf))dlsym(handle, "dpotrf_");
    dpotrs = (__typeof__(dpotrs))dlsym(handle, "dpotrs_");
    __typeof__(sgemm) found = (__typeof__(sgemm))dlsym(handle, "cblas_sgemm");
    if (found == NULL || dgemm == NULL || dsyrk == NULL || dsyev == NULL || dpotrf == NULL ||
        dpotrs == NULL || get_config == NULL || get_corename == NULL || set_threads == NULL)
        return "the library is not OpenBLAS with LAPACK: one of cblas_sgemm, cblas_dgemm, "
               "cblas_dsyrk, dsyev_, dpotrf_, dpotrs_, openblas_get_config, "
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

void openblas_dsyrk(int n, int k, const double *a, int a_stride, double *c, int c_stride) {
    dsyrk(CblasRowMajor, CblasUpper, CblasTrans, n, k, 1.0, a, a_stride, 1.0, c, c_stride);
}

void openblas_dgemm(int transpose_a, int transpose_b, int m, int n, int k, const double *a,
                    int a_stride, const double *b, int b_stride, double *c, int c_stride) {
    dgemm(CblasRowMajor, transpose_a ? CblasTrans : CblasNoTrans,
          transpose_b ? CblasTrans : CblasNoTrans, m, n, k, 1.0, a, a_stride, b, b_stride, 0.0, c,
          c_stride);
}

// LAPACK stores columns: the upper triangle of rows is the lower one of columns, and the reverse.

int openblas_dsyev(int with_vectors, int n, double *a, int a_stride, double *values, double *work,
                   int work_count) {
    int failure = 0;
    dsyev(with_vectors ? "V" : "N", "L", &n, a, &a_stride, values, work, &work_count, &failure, 1,
          1);
    return failure;
}

int openblas_dpotrf(int n, double *a, int a_stride) {
    int failure = 0;
    dpotrf("U", &n, a, &a_stride, &failure, 1);
    return failure;
}

int openblas_dpotrs(int n, int count, const double *a, int a_stride, double *b, int b_stride) {
    int failure = 0;
    dpotrs("U", &n, &count, a, &a_stride, b, &b_stride, &failure, 1);
    return failure;
}

const char *openblas_configuration(void) { return get_config(); }
const char *openblas_kernel(void) { return get_corename(); }
void openblas_threads(int count) { set_threads(count); }
