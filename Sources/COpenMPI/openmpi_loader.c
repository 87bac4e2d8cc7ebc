#include "openmpi_loader.h"

#include <dlfcn.h>
#include <stddef.h>
#include <string.h>

// The few declarations that are needed, so that building does not need the library's headers. In
// Open MPI a communicator or a type is the address of an object of the library; what MPI calls a
// constant is the address of such an object that it exports.
typedef void *handle;
typedef struct {
    int source, tag, error;
    int cancelled;
    size_t count;
} message_status;

enum { longest_version = 256, longest_error = 256, any_thread = 3, any_rank = -1 };

static struct {
    int (*version)(char *, int *);
    int (*start)(int *, char ***, int, int *);
    int (*finish)(void);
    int (*abort)(handle, int);
    int (*error_text)(int, char *, int *);
    int (*return_errors)(handle, handle);
    int (*rank)(handle, int *);
    int (*size)(handle, int *);
    int (*barrier)(handle);
    int (*send)(const void *, int, handle, int, int, handle);
    int (*probe)(int, int, handle, message_status *);
    int (*look)(int, int, handle, int *, message_status *);
    int (*count)(const message_status *, handle, int *);
    int (*receive)(void *, int, handle, int, int, handle, message_status *);
    int (*distribute)(const void *, const int *, const int *, handle, void *, const int *,
                      const int *, handle, handle, handle *);
    int (*collect)(const void *, int, handle, void *, const int *, const int *, handle, handle,
                   handle *);
    int (*collect_equal)(const void *, int, handle, void *, int, handle, handle, handle *);
    int (*test)(handle *, int *, message_status *);
    handle world, byte, single, twofold, errors_return;
} mpi;
static int is_open;

const char *openmpi_open(const char *library) {
    if (is_open) return NULL;
    // Its plugins look for the library's symbols among those of the program.
    void *opened = dlopen(library, RTLD_NOW | RTLD_GLOBAL);
    if (opened == NULL) return dlerror();
    struct { void *place; const char *name; } wanted[] = {
        {&mpi.version, "MPI_Get_library_version"},
        {&mpi.start, "MPI_Init_thread"},
        {&mpi.finish, "MPI_Finalize"},
        {&mpi.abort, "MPI_Abort"},
        {&mpi.error_text, "MPI_Error_string"},
        {&mpi.return_errors, "MPI_Comm_set_errhandler"},
        {&mpi.rank, "MPI_Comm_rank"},
        {&mpi.size, "MPI_Comm_size"},
        {&mpi.barrier, "MPI_Barrier"},
        {&mpi.send, "MPI_Send"},
        {&mpi.probe, "MPI_Probe"},
        {&mpi.look, "MPI_Iprobe"},
        {&mpi.count, "MPI_Get_count"},
        {&mpi.receive, "MPI_Recv"},
        {&mpi.distribute, "MPI_Ialltoallv"},
        {&mpi.collect, "MPI_Iallgatherv"},
        {&mpi.collect_equal, "MPI_Iallgather"},
        {&mpi.test, "MPI_Test"},
        {&mpi.world, "ompi_mpi_comm_world"},
        {&mpi.byte, "ompi_mpi_byte"},
        {&mpi.single, "ompi_mpi_float"},
        {&mpi.twofold, "ompi_mpi_double"},
        {&mpi.errors_return, "ompi_mpi_errors_return"},
    };
    for (size_t index = 0; index < sizeof wanted / sizeof *wanted; index++) {
        void *found = dlsym(opened, wanted[index].name);
        if (found == NULL) return "the library is not Open MPI 4 or later: a function is missing";
        memcpy(wanted[index].place, &found, sizeof found);
    }
    is_open = 1;
    return NULL;
}

static void copy(char *text, int capacity, const char *found) {
    if (capacity <= 0) return;
    strncpy(text, found, (size_t)capacity - 1);
    text[capacity - 1] = 0;
}

void openmpi_version(char *text, int capacity) {
    char found[longest_version + 1] = {0};
    int length = 0;
    mpi.version(found, &length);
    copy(text, capacity, found);
}

int openmpi_start(int *threads) {
    int code = mpi.start(NULL, NULL, any_thread, threads);
    return code != 0 ? code : mpi.return_errors(mpi.world, mpi.errors_return);
}

void openmpi_describe(int code, char *text, int capacity) {
    char found[longest_error + 1] = {0};
    int length = 0;
    mpi.error_text(code, found, &length);
    copy(text, capacity, found);
}

int openmpi_finish(void) { return mpi.finish(); }

void openmpi_abort(int code) { mpi.abort(mpi.world, code); }

int openmpi_rank(void) {
    int rank = 0;
    mpi.rank(mpi.world, &rank);
    return rank;
}

int openmpi_size(void) {
    int size = 1;
    mpi.size(mpi.world, &size);
    return size;
}

int openmpi_barrier(void) { return mpi.barrier(mpi.world); }

int openmpi_send(const void *bytes, int count, int rank, int tag) {
    return mpi.send(bytes, count, mpi.byte, rank, tag, mpi.world);
}

int openmpi_sender(int tag, int *rank) {
    message_status status = {0};
    int found = 0;
    int code = mpi.look(any_rank, tag, mpi.world, &found, &status);
    *rank = code == 0 && found ? status.source : -1;
    return code;
}

int openmpi_probe(int rank, int tag, int *count) {
    message_status status = {0};
    int code = mpi.probe(rank, tag, mpi.world, &status);
    return code != 0 ? code : mpi.count(&status, mpi.byte, count);
}

int openmpi_receive(void *bytes, int count, int rank, int tag) {
    message_status status = {0};
    return mpi.receive(bytes, count, mpi.byte, rank, tag, mpi.world, &status);
}

int openmpi_begin_distribute(const float *floats, const int *counts, const int *places,
                             float *into, const int *received_counts, const int *received_places,
                             openmpi_request *request) {
    return mpi.distribute(floats, counts, places, mpi.single, into, received_counts,
                          received_places, mpi.single, mpi.world, &request->request);
}

int openmpi_begin_collect(float *floats, const int *counts, const int *places,
                          openmpi_request *request) {
    // MPI_IN_PLACE is this address in Open MPI.
    void *in_place = (void *)1;
    return mpi.collect(in_place, 0, mpi.single, floats, counts, places, mpi.single, mpi.world,
                       &request->request);
}

int openmpi_begin_collect_numbers(const double *own, int count, double *all,
                                  openmpi_request *request) {
    return mpi.collect_equal(own, count, mpi.twofold, all, count, mpi.twofold, mpi.world,
                             &request->request);
}

int openmpi_test(openmpi_request *request, int *is_done) {
    message_status status = {0};
    return mpi.test(&request->request, is_done, &status);
}
