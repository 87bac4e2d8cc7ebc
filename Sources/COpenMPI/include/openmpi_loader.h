#ifndef LAYERSWAP_OPENMPI_LOADER_H
#define LAYERSWAP_OPENMPI_LOADER_H

#include <stdint.h>

// Open MPI is opened at run time: it is there for runs over several processes alone, and everything
// else works without. All functions but the first three need `openmpi_start`. Those that return an
// int return 0 on success, otherwise a code that `openmpi_describe` puts into words.

/// Opens the library and looks up what this project calls.
/// Returns null on success, otherwise a text that says what failed (static or owned by dlerror).
const char *openmpi_open(const char *library);

/// The library's own words for its version, cut to the capacity and ended with a zero.
void openmpi_version(char *text, int capacity);

/// Joins the processes that were started together. `threads` gets how calls of several threads are
/// supported: 3 when they may call at any time.
int openmpi_start(int *threads);

/// What a code means.
void openmpi_describe(int code, char *text, int capacity);

/// Leaves; waits for all others.
int openmpi_finish(void);

/// Ends all processes with an exit code.
void openmpi_abort(int code);

/// The number of this process, from 0.
int openmpi_rank(void);

/// How many processes there are.
int openmpi_size(void);

/// Returns when all have called it.
int openmpi_barrier(void);

/// Sends bytes to a process; returns when they may be overwritten.
int openmpi_send(const void *bytes, int count, int rank, int tag);

/// The process that has sent a message with a tag, without waiting; -1 when there is none.
int openmpi_sender(int tag, int *rank);

/// The length of the next message of a process, which is waited for.
int openmpi_probe(int rank, int tag, int *count);

/// Takes the next message of a process, whose length is known.
int openmpi_receive(void *bytes, int count, int rank, int tag);

/// What is under way until `openmpi_test` says that it is done.
typedef struct { void *request; } openmpi_request;

/// Begins to send each process `counts[i]` floats from `places[i]` on, and to receive `received`
/// floats from each, one process after the other. The arrays must stay until it is done.
int openmpi_begin_distribute(const float *floats, const int *counts, const int *places,
                             float *into, const int *received_counts, const int *received_places,
                             openmpi_request *request);

/// Begins to complete a buffer of which each process i has `counts[i]` floats at `places[i]`. The
/// arrays must stay until it is done.
int openmpi_begin_collect(float *floats, const int *counts, const int *places,
                          openmpi_request *request);

/// Begins to show all processes `count` numbers of each.
int openmpi_begin_collect_numbers(const double *own, int count, double *all,
                                  openmpi_request *request);

/// Whether something is done; whatever is under way goes on within this call.
int openmpi_test(openmpi_request *request, int *is_done);

#endif
