#ifndef LAYERSWAP_ALLOCATOR_H
#define LAYERSWAP_ALLOCATOR_H

/// Lets all threads of the process share what has been freed, from now on.
///
/// Otherwise the C library keeps a store for each thread that was ever at work, up to eight a core.
/// A server whose threads take and free models in turn grows by each of them.
void allocator_share_freed_memory(void);

#endif
