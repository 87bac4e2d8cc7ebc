#ifndef LAYERSWAP_PROCESSOR_H
#define LAYERSWAP_PROCESSOR_H

// What the compiler knows of the processor and Swift has no words for. Header only: the functions
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

/// Asks for the cache line at an address to be brought to the second cache; never faults.
static inline __attribute__((always_inline)) void processor_prefetch(const void *address) {
    __builtin_prefetch(address, 0, 2);
}

/// Asks for the cache line at an address to be brought to the nearest cache; never faults.
static inline __attribute__((always_inline)) void processor_prefetch_near(const void *address) {
    __builtin_prefetch(address, 0, 3);
}

#endif
