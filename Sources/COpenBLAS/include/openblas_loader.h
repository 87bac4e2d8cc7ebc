#ifndef LAYERSWAP_OPENBLAS_LOADER_H
#define LAYERSWAP_OPENBLAS_LOADER_H

// OpenBLAS is opened at run time and not at link time, because it chooses its kernels while it is
// being loaded: the environment that corrects a wrong choice has to be set before that moment.

/// Opens the library and looks up what this project calls.
/// Returns null on success, otherwise a text that says what failed (static or owned by dlerror).
const char *openblas_open(const char *library);

/// Whether `openblas_open` has succeeded.
int openblas_is_open(void);

/// C = alpha * op(A) * op(B) + beta * C in row-major order; op transposes when its flag is not 0.
void openblas_sgemm(int transpose_a, int transpose_b, int m, int n, int k, float alpha,
                    const float *a, int a_stride, const float *b, int b_stride, float beta,
                    float *c, int c_stride);

/// The upper triangle of C = A^T A + C in row-major order, in double precision; A is k by n.
void openblas_dsyrk(int n, int k, const double *a, int a_stride, double *c, int c_stride);

/// C = op(A) * op(B) in row-major order and double precision; op transposes when its flag is not 0.
void openblas_dgemm(int transpose_a, int transpose_b, int m, int n, int k, const double *a,
                    int a_stride, const double *b, int b_stride, double *c, int c_stride);

/// The eigenvalues of the symmetric n by n matrix whose upper triangle in row-major order is a, in
/// rising order (LAPACK's dsyev). a is overwritten: when `with_vectors` is not 0, row i then is the
/// eigenvector of value i. `work` has room for `work_count` doubles; with `work_count` -1 only its
/// best size is written to work[0].
/// Returns 0, or LAPACK's number of what failed.
int openblas_dsyev(int with_vectors, int n, double *a, int a_stride, double *values, double *work,
                   int work_count);

/// The lower triangle L of A = L L^T in row-major order, in place of that of a (LAPACK's dpotrf).
/// Returns 0, or the number of the pivot that is not positive.
int openblas_dpotrf(int n, double *a, int a_stride);

/// Solves L L^T x = b for `count` right-hand sides, one a row of b, which x overwrites (LAPACK's
/// dpotrs).
/// Returns 0, or LAPACK's number of what failed.
int openblas_dpotrs(int n, int count, const double *a, int a_stride, double *b, int b_stride);

/// The library's build description, such as "OpenBLAS 0.3.21 DYNAMIC_ARCH ...".
const char *openblas_configuration(void);

/// The name of the kernel set in use, such as "SkylakeX".
const char *openblas_kernel(void);

/// Sets the number of threads that the library itself uses.
void openblas_threads(int count);

#endif
