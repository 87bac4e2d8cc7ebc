#include "allocator.h"

#include <malloc.h>

// Two, so that the thread that answers a page seldom waits for the one that computes.
enum { stores = 2 };

void allocator_share_freed_memory(void) {
#ifdef M_ARENA_MAX
    mallopt(M_ARENA_MAX, stores);
#endif
}
