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

/// The library's build description, such as "OpenBLAS 0.3.21 DYNAMIC_ARCH ...".
const char *openblas_configuration(void);

/// The name of the kernel set in use, such as "SkylakeX".
const char *openblas_kernel(void);

/// Sets the number of threads that the library itself uses.
void openblas_threads(int count);

#endif
