#ifndef LAYERSWAP_PCRE2_BORDER_H
#define LAYERSWAP_PCRE2_BORDER_H

// Regular expressions of tokenizers through PCRE2: UTF-8, Unicode properties, compiled to machine
// code where the processor allows it.

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// A compiled expression; many threads may search with one at once.
typedef struct pcre2_border_pattern pcre2_border_pattern;

/// What a search works in; one thread at a time.
typedef struct pcre2_border_scratch pcre2_border_scratch;

/// Compiles an expression; NULL when it is none, with PCRE2's own words in `message` (zero at its
/// end) and the byte at which it failed.
pcre2_border_pattern *_Nullable pcre2_border_compile(
    const uint8_t *_Nonnull text,
    size_t length,
    char *_Nonnull message,
    size_t message_capacity,
    size_t *_Nonnull offset);

/// Frees a pattern; NULL is allowed.
void pcre2_border_free(pcre2_border_pattern *_Nullable pattern);

/// Working memory of searches, each of which may try so often to match from one place; NULL when
/// memory has run out.
pcre2_border_scratch *_Nullable pcre2_border_scratch_make(uint32_t most_attempts);

/// Frees working memory; NULL is allowed.
void pcre2_border_scratch_free(pcre2_border_scratch *_Nullable scratch);

/// Where a sequence of searches in one subject stands; all zero at its beginning.
typedef struct {
    /// Where the next search begins.
    size_t position;
    /// Where the last match ended.
    size_t last_end;
    /// Whether there was a match.
    bool has_match;
    /// Whether there is no further match.
    bool is_over;
} pcre2_border_search;

/// Finds matches from left to right that do not overlap; an empty one directly behind the last match
/// is no match.
///
/// `subject` is valid UTF-8. `bounds` has room for `2 * capacity` numbers: begin and end of each.
/// Returns how many were found, or -1 when PCRE2 gave up, with its words in `message`.
ptrdiff_t pcre2_border_matches(
    const pcre2_border_pattern *_Nonnull pattern,
    pcre2_border_scratch *_Nonnull scratch,
    const uint8_t *_Nonnull subject,
    size_t length,
    pcre2_border_search *_Nonnull search,
    size_t *_Nonnull bounds,
    size_t capacity,
    char *_Nonnull message,
    size_t message_capacity);

#endif
