#ifndef LAYERSWAP_PROCESSOR_H
#define LAYERSWAP_PROCESSOR_H

// What the compiler knows of the processor and Swift has no words for. Functions with a body here
// end up inside the Swift code that calls them.

/// Whether this build may use 32 registers of sixteen floats. The compiler's flags that decide it
/// reach the Swift code too.
static inline int processor_has_wide_vectors(void) {
#ifdef __AVX512F__
    return 1;
#else
    return 0;
#endif
}

/// Sixteen floats, which Swift knows as SIMD16<Float>.
typedef float processor_lanes __attribute__((ext_vector_type(16)));

/// Sixteen numbers in bfloat16, which Swift knows as SIMD16<UInt16>.
typedef unsigned short processor_halves __attribute__((ext_vector_type(16)));

/// Sixteen numbers in bfloat16 as floats, exactly: their bits are the upper halves.
static inline __attribute__((always_inline)) processor_lanes processor_expand_bfloat16(
    processor_halves values) {
    typedef unsigned int words __attribute__((ext_vector_type(16)));
    return (processor_lanes)(__builtin_convertvector(values, words) << 16);
}

/// One bit for each of sixteen floats, the first one lowest: whether it is at least `least`.
static inline __attribute__((always_inline)) unsigned short processor_bits_at_least(
    processor_lanes values, float least) {
    typedef _Bool bits __attribute__((ext_vector_type(16)));
    bits reached = __builtin_convertvector(values >= least, bits);
    unsigned short word;
    __builtin_memcpy(&word, &reached, sizeof word);
    return word;
}

/// Tells the processor that a loop waits for another thread.
static inline __attribute__((always_inline)) void processor_pause(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

/// The square roots of sixteen floats. Swift's own takes them one by one.
static inline __attribute__((always_inline)) processor_lanes processor_square_roots(
    processor_lanes values) {
    return __builtin_elementwise_sqrt(values);
}

/// The version of the C compiler, which comes with the Swift toolchain.
static inline const char *processor_compiler(void) { return __VERSION__; }

/// Asks for the cache line at an address to be brought to the second cache; never faults.
static inline __attribute__((always_inline)) void processor_prefetch(const void *address) {
    __builtin_prefetch(address, 0, 2);
}

/// Asks for the cache line at an address to be brought to the nearest cache; never faults.
static inline __attribute__((always_inline)) void processor_prefetch_near(const void *address) {
    __builtin_prefetch(address, 0, 3);
}

/// The cores that this thread may run on; 0 when the system does not say.
int processor_usable_cores(void);

#endif
