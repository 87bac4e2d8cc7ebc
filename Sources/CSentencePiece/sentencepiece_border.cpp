#include "sentencepiece_border.h"

#include <sentencepiece_processor.h>
#include <sentencepiece_trainer.h>

#include <cstdlib>
#include <cstring>
#include <exception>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

struct sentencepiece_model {
    sentencepiece::SentencePieceProcessor processor;
};

namespace {

/// A copy on the C heap, with a zero byte after it; NULL when memory has run out.
void *copied(const void *bytes, size_t length) {
    char *copy = static_cast<char *>(std::malloc(length + 1));
    if (copy == nullptr) return nullptr;
    if (length > 0) std::memcpy(copy, bytes, length);
    copy[length] = '\0';
    return copy;
}

/// Runs `body`, which returns a status, and turns its failure or exception into text.
template <typename Body>
bool reporting(char **error, Body body) {
    *error = nullptr;
    std::string message;
    try {
        const sentencepiece::util::Status status = body();
        if (status.ok()) return true;
        message = status.ToString();
    } catch (const std::exception &exception) {
        message = exception.what();
    } catch (...) {
        message = "an exception of unknown type";
    }
    *error = static_cast<char *>(copied(message.data(), message.size()));
    return false;
}

sentencepiece::util::Status out_of_memory() {
    return sentencepiece::util::Status(
        sentencepiece::util::StatusCode::kResourceExhausted, "out of memory");
}

/// Hands the sentences of a flat buffer to the trainer, one copy at a time.
class FlatSentences : public sentencepiece::SentenceIterator {
public:
    FlatSentences(const char *text, const size_t *offsets, size_t count)
        : text_(text), offsets_(offsets), count_(count) {
        load();
    }
    bool done() const override { return index_ >= count_; }
    void Next() override {
        ++index_;
        load();
    }
    const std::string &value() const override { return sentence_; }
    sentencepiece::util::Status status() const override { return {}; }

private:
    void load() {
        if (done()) return;
        const size_t length = offsets_[index_ + 1] - offsets_[index_];
        sentence_.clear();
        if (length > 0) sentence_.assign(text_ + offsets_[index_], length);
    }

    const char *text_;
    const size_t *offsets_;
    size_t count_;
    size_t index_ = 0;
    std::string sentence_;
};

}  // namespace

extern "C" {

void sentencepiece_border_free(void *buffer) { std::free(buffer); }

bool sentencepiece_model_load(
    const void *bytes, size_t length, sentencepiece_model **model, char **error) {
    *model = nullptr;
    return reporting(error, [&] {
        auto loaded = std::make_unique<sentencepiece_model>();
        const auto status = loaded->processor.LoadFromSerializedProto(
            std::string_view(static_cast<const char *>(bytes), length));
        if (status.ok()) *model = loaded.release();
        return status;
    });
}

void sentencepiece_model_free(sentencepiece_model *model) { delete model; }

int32_t sentencepiece_model_size(const sentencepiece_model *model) {
    return model->processor.GetPieceSize();
}

void sentencepiece_model_special(
    const sentencepiece_model *model,
    int32_t *unknown,
    int32_t *beginning,
    int32_t *end,
    int32_t *padding) {
    *unknown = model->processor.unk_id();
    *beginning = model->processor.bos_id();
    *end = model->processor.eos_id();
    *padding = model->processor.pad_id();
}

const char *sentencepiece_model_piece(
    const sentencepiece_model *model,
    int32_t identifier,
    size_t *length,
    enum sentencepiece_kind *kind) {
    const auto &processor = model->processor;
    const std::string &piece = processor.IdToPiece(identifier);
    *length = piece.size();
    *kind = processor.IsUnknown(identifier)   ? sentencepiece_kind_unknown
            : processor.IsControl(identifier) ? sentencepiece_kind_control
            : processor.IsUnused(identifier)  ? sentencepiece_kind_unused
            : processor.IsByte(identifier)    ? sentencepiece_kind_byte
                                              : sentencepiece_kind_ordinary;
    return piece.data();
}

int32_t sentencepiece_model_identifier(
    const sentencepiece_model *model, const char *piece, size_t length) {
    return model->processor.PieceToId(std::string_view(piece, length));
}

bool sentencepiece_model_encode(
    const sentencepiece_model *model,
    const char *text,
    size_t length,
    int32_t **identifiers,
    size_t *count,
    char **error) {
    *identifiers = nullptr;
    *count = 0;
    return reporting(error, [&] {
        std::vector<int> encoded;
        const auto status = model->processor.Encode(std::string_view(text, length), &encoded);
        if (!status.ok() || encoded.empty()) return status;
        static_assert(sizeof(int) == sizeof(int32_t), "identifiers are copied as they lie");
        *identifiers =
            static_cast<int32_t *>(copied(encoded.data(), encoded.size() * sizeof(int32_t)));
        if (*identifiers == nullptr) return out_of_memory();
        *count = encoded.size();
        return status;
    });
}

bool sentencepiece_train(
    const char *text,
    const size_t *offsets,
    size_t sentence_count,
    const char *const *setting_names,
    const char *const *setting_values,
    size_t setting_count,
    void **model,
    size_t *model_length,
    char **error) {
    *model = nullptr;
    *model_length = 0;
    return reporting(error, [&] {
        std::unordered_map<std::string, std::string> settings;
        for (size_t index = 0; index < setting_count; ++index) {
            settings[setting_names[index]] = setting_values[index];
        }
        FlatSentences sentences(text, offsets, sentence_count);
        std::string serialized;
        const auto status =
            sentencepiece::SentencePieceTrainer::Train(settings, &sentences, &serialized);
        if (!status.ok()) return status;
        *model = copied(serialized.data(), serialized.size());
        if (*model == nullptr) return out_of_memory();
        *model_length = serialized.size();
        return status;
    });
}

}  // extern "C"
