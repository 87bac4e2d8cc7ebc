#ifndef LAYERSWAP_ALLOCATION_COUNTER_H
#define LAYERSWAP_ALLOCATION_COUNTER_H

// A library to be preloaded (LD_PRELOAD) before a program whose allocations are to be counted. It
// stands before malloc and its kin and hands every call on. The program is not linked with it: it
// looks the function below up, and finds it only when the library was preloaded.

/// How many times memory has been taken from the heap since the program began, by any thread.
long layerswap_allocation_count(void);

#endif
