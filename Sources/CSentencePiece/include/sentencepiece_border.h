#ifndef LAYERSWAP_SENTENCEPIECE_BORDER_H
#define LAYERSWAP_SENTENCEPIECE_BORDER_H

// The SentencePiece library behind plain C. No C++ exception crosses this border.
//
// Functions that can fail return false and set `*error` to a text that the caller frees with
// `sentencepiece_border_free`. Texts are bytes with a length: they may hold zero bytes.

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A loaded model. Every function that takes it as `const` may be called from many threads.
typedef struct sentencepiece_model sentencepiece_model;

/// What a piece is for.
enum sentencepiece_kind {
    sentencepiece_kind_ordinary = 0,
    sentencepiece_kind_unknown = 1,
    sentencepiece_kind_control = 2,
    sentencepiece_kind_unused = 3,
    sentencepiece_kind_byte = 4,
};

/// Frees a buffer that a function of this header returned; NULL is allowed.
void sentencepiece_border_free(void *_Nullable buffer);

/// Loads a serialized model; the caller frees it with `sentencepiece_model_free`.
bool sentencepiece_model_load(
    const void *_Nullable bytes,
    size_t length,
    sentencepiece_model *_Nullable *_Nonnull model,
    char *_Nullable *_Nonnull error);

/// Frees a model; NULL is allowed.
void sentencepiece_model_free(sentencepiece_model *_Nullable model);

/// Number of pieces.
int32_t sentencepiece_model_size(const sentencepiece_model *_Nonnull model);

/// Identifiers of the special pieces, -1 for those that the model lacks.
void sentencepiece_model_special(
    const sentencepiece_model *_Nonnull model,
    int32_t *_Nonnull unknown,
    int32_t *_Nonnull beginning,
    int32_t *_Nonnull end,
    int32_t *_Nonnull padding);

/// The bytes of a piece, owned by the model, and its kind; `identifier` must be in range.
const char *_Nonnull sentencepiece_model_piece(
    const sentencepiece_model *_Nonnull model,
    int32_t identifier,
    size_t *_Nonnull length,
    enum sentencepiece_kind *_Nonnull kind);

/// The identifier of a piece, that of the unknown piece when there is none.
int32_t sentencepiece_model_identifier(
    const sentencepiece_model *_Nonnull model, const char *_Nullable piece, size_t length);

/// Cuts a text into pieces; the caller frees `*identifiers`, which is NULL for no pieces.
bool sentencepiece_model_encode(
    const sentencepiece_model *_Nonnull model,
    const char *_Nullable text,
    size_t length,
    int32_t *_Nullable *_Nonnull identifiers,
    size_t *_Nonnull count,
    char *_Nullable *_Nonnull error);

/// Trains a model from sentences in memory; the caller frees `*model`.
///
/// Sentence `i` is `text[offsets[i] ..< offsets[i + 1]]`. Settings are the library's own, by the
/// names of its command line.
bool sentencepiece_train(
    const char *_Nullable text,
    const size_t *_Nonnull offsets,
    size_t sentence_count,
    const char *_Nonnull const *_Nonnull setting_names,
    const char *_Nonnull const *_Nonnull setting_values,
    size_t setting_count,
    void *_Nullable *_Nonnull model,
    size_t *_Nonnull model_length,
    char *_Nullable *_Nonnull error);

#ifdef __cplusplus
}
#endif

#endif
