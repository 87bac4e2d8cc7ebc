#define _GNU_SOURCE
#include "processor.h"

#include <sched.h>

// What is called seldom; everything else is in the header.

int processor_usable_cores(void) {
    cpu_set_t cores;
    return sched_getaffinity(0, sizeof cores, &cores) == 0 ? CPU_COUNT(&cores) : 0;
}
