#include "pcre2_border.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdlib.h>

struct pcre2_border_pattern {
    pcre2_code *code;
    bool is_machine_code;
};

struct pcre2_border_scratch {
    pcre2_match_data *data;
    pcre2_match_context *context;
    pcre2_jit_stack *stack;
};

/// The stack of compiled expressions; what needs more is searched by the interpreter, on the heap.
static const size_t first_stack = 64 * 1024;
static const size_t largest_stack = 16 * 1024 * 1024;

/// The memory of the interpreter in KiB.
static const uint32_t largest_heap = 4 * 1024 * 1024;

static void describe(int code, char *message, size_t capacity) {
    if (pcre2_get_error_message(code, (PCRE2_UCHAR *)message, capacity) < 0 && capacity > 0) {
        message[capacity - 1] = '\0';
    }
}

pcre2_border_pattern *pcre2_border_compile(
    const uint8_t *text, size_t length, char *message, size_t message_capacity, size_t *offset) {
    int code = 0;
    PCRE2_SIZE place = 0;
    // Lines in '^' and '$', as in the library that tokenizers are written for.
    const uint32_t options = PCRE2_UTF | PCRE2_UCP | PCRE2_MULTILINE | PCRE2_NEVER_BACKSLASH_C;
    pcre2_code *compiled = pcre2_compile(text, length, options, &code, &place, NULL);
    if (compiled == NULL) {
        *offset = place;
        describe(code, message, message_capacity);
        return NULL;
    }
    pcre2_border_pattern *pattern = malloc(sizeof(*pattern));
    if (pattern == NULL) {
        pcre2_code_free(compiled);
        *offset = 0;
        describe(PCRE2_ERROR_NOMEMORY, message, message_capacity);
        return NULL;
    }
    pattern->code = compiled;
    pattern->is_machine_code = pcre2_jit_compile(compiled, PCRE2_JIT_COMPLETE) == 0;
    return pattern;
}

void pcre2_border_free(pcre2_border_pattern *pattern) {
    if (pattern == NULL) return;
    pcre2_code_free(pattern->code);
    free(pattern);
}

pcre2_border_scratch *pcre2_border_scratch_make(uint32_t most_attempts) {
    pcre2_border_scratch *scratch = calloc(1, sizeof(*scratch));
    if (scratch == NULL) return NULL;
    scratch->data = pcre2_match_data_create(1, NULL);
    scratch->context = pcre2_match_context_create(NULL);
    scratch->stack = pcre2_jit_stack_create(first_stack, largest_stack, NULL);
    if (scratch->data == NULL || scratch->context == NULL) {
        pcre2_border_scratch_free(scratch);
        return NULL;
    }
    if (scratch->stack != NULL) pcre2_jit_stack_assign(scratch->context, NULL, scratch->stack);
    pcre2_set_match_limit(scratch->context, most_attempts);
    pcre2_set_depth_limit(scratch->context, most_attempts);
    pcre2_set_heap_limit(scratch->context, largest_heap);
    return scratch;
}

void pcre2_border_scratch_free(pcre2_border_scratch *scratch) {
    if (scratch == NULL) return;
    pcre2_match_data_free(scratch->data);
    pcre2_match_context_free(scratch->context);
    pcre2_jit_stack_free(scratch->stack);
    free(scratch);
}

static int find(
    const pcre2_border_pattern *pattern, pcre2_border_scratch *scratch, const uint8_t *subject,
    size_t length, size_t position) {
    if (pattern->is_machine_code) {
        int found = pcre2_jit_match(
            pattern->code, subject, length, position, PCRE2_NO_UTF_CHECK, scratch->data,
            scratch->context);
        if (found != PCRE2_ERROR_JIT_STACKLIMIT) return found;
    }
    return pcre2_match(
        pattern->code, subject, length, position, PCRE2_NO_UTF_CHECK | PCRE2_NO_JIT,
        scratch->data, scratch->context);
}

ptrdiff_t pcre2_border_matches(
    const pcre2_border_pattern *pattern, pcre2_border_scratch *scratch, const uint8_t *subject,
    size_t length, pcre2_border_search *search, size_t *bounds, size_t capacity, char *message,
    size_t message_capacity) {
    const PCRE2_SIZE *ends = pcre2_get_ovector_pointer(scratch->data);
    size_t count = 0;
    while (count < capacity && !search->is_over) {
        if (search->position > length) {
            search->is_over = true;
            break;
        }
        const int found = find(pattern, scratch, subject, length, search->position);
        if (found == PCRE2_ERROR_NOMATCH) {
            search->is_over = true;
            break;
        }
        if (found < 0) {
            describe(found, message, message_capacity);
            return -1;
        }
        // '\K' in a look-ahead can set a match's beginning behind its end.
        const size_t end = ends[1], begin = ends[0] < end ? ends[0] : end;
        if (begin < search->last_end || (begin == end && search->has_match && end == search->last_end)) {
            // One character further.
            size_t next = search->position + 1;
            while (next < length && (subject[next] & 0xC0) == 0x80) next += 1;
            search->position = next;
            continue;
        }
        bounds[2 * count] = begin;
        bounds[2 * count + 1] = end;
        count += 1;
        search->position = end;
        search->last_end = end;
        search->has_match = true;
    }
    return (ptrdiff_t)count;
}
