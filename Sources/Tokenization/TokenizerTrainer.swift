import CSentencePiece
import Foundation

/// What training a tokenizer gave.
package struct TokenizerTrainingReport: Sendable {
    /// The `.model` file, which `Tokenizer.init(model:)` loads.
    package let model: Data
    /// The number of pieces asked for.
    package let requestedVocabularySize: Int
    /// The number of pieces made.
    package let vocabularySize: Int
    /// The number of sentences that were trained on.
    package let sentenceCount: Int
    /// The number of bytes that were trained on.
    package let byteCount: Int

    /// What the user should know, or nil when the vocabulary has the size asked for.
    package var notice: String? {
        guard vocabularySize < requestedVocabularySize else { return nil }
        return "the corpus (\(sentenceCount) sentences, \(byteCount) bytes) gave "
            + "\(vocabularySize) pieces, fewer than the \(requestedVocabularySize) asked for"
    }
}

/// Trains SentencePiece models in memory: one corpus and one set of options give the same bytes.
///
/// Pieces 0 to 3 are `<unk>`, `<s>`, `</s>` and `<pad>`, 4 is the newline, so that lines survive
/// as one token each, then come the user-defined symbols in their order, then the digits of other
/// scripts than ASCII, then the 256 bytes.
package enum TokenizerTrainer {
    /// Trains and returns the `.model` file alone.
    package static func train(
        sentences: some Sequence<String>,
        options: TokenizerTrainingOptions
    ) throws -> Data {
        try report(sentences: sentences, options: options).model
    }

    /// Trains and says what came of it; a small corpus may give fewer pieces than asked for.
    ///
    /// Throws `TokenizerError` for options out of range, a corpus without text, and a vocabulary
    /// that cannot hold the pieces it must have.
    package static func report(
        sentences: some Sequence<String>,
        options: TokenizerTrainingOptions
    ) throws -> TokenizerTrainingReport {
        try options.validate()
        let corpus = TrainingCorpus(sentences, options: options)
        guard corpus.hasText else {
            throw TokenizerError.emptyCorpus(sentenceCount: corpus.sentenceCount)
        }
        guard corpus.text.count <= Int(Int32.max) else {
            throw TokenizerError.corpusTooLarge(
                byteCount: corpus.text.count,
                maximum: Int(Int32.max)
            )
        }
        let model = try train(on: corpus, options: options)
        let vocabularySize = try Tokenizer(model: model).vocabularySize
        guard vocabularySize <= options.vocabularySize else {
            throw TokenizerError.vocabularyTooSmall(
                requested: options.vocabularySize,
                needed: vocabularySize
            )
        }
        return TokenizerTrainingReport(
            model: model,
            requestedVocabularySize: options.vocabularySize,
            vocabularySize: vocabularySize,
            sentenceCount: corpus.sentenceCount,
            byteCount: corpus.byteCount
        )
    }

    /// The library's own settings; those of no consequence here keep its defaults.
    private static func settings(
        of options: TokenizerTrainingOptions,
        corpus: TrainingCorpus
    ) -> [(name: String, value: String)] {
        let symbols = ["\n"] + options.userDefinedSymbols
        let digits = corpus.otherDigits.map { String($0) }.filter { !symbols.contains($0) }
        let fixed = 4 + symbols.count + digits.count + (options.byteFallback ? 256 : 0)
        return [
            ("model_type", options.modelType.rawValue),
            // With less than the fixed pieces the library could not even say how many it needs.
            ("vocab_size", "\(max(options.vocabularySize, fixed))"),
            // A corpus that cannot fill the vocabulary gives a smaller one, which is reported.
            ("hard_vocab_limit", "false"),
            ("character_coverage", "\(options.characterCoverage)"),
            ("split_digits", "\(options.splitsDigits)"),
            ("byte_fallback", "\(options.byteFallback)"),
            ("user_defined_symbols", commaSeparated(symbols + digits)),
            ("normalization_rule_name", "identity"),
            ("remove_extra_whitespaces", "false"),
            ("unk_id", "0"),
            ("bos_id", "1"),
            ("eos_id", "2"),
            ("pad_id", "3"),
            // The library would silently drop sentences above 4,192 bytes.
            ("max_sentence_length", "\(1 << 30)"),
            // More threads add up counts in another order, and the bytes would differ.
            ("num_threads", "1"),
            // Only what ends the process is printed; failures come back as text.
            ("minloglevel", "3"),
        ]
    }

    private static func train(
        on corpus: TrainingCorpus,
        options: TokenizerTrainingOptions
    ) throws -> Data {
        let settings = settings(of: options, corpus: corpus)
        let names = settings.map { strdup($0.name) }
        let values = settings.map { strdup($0.value) }
        defer { (names + values).forEach { free($0) } }
        var model: UnsafeMutableRawPointer?
        var length = 0
        var message: UnsafeMutablePointer<CChar>?
        // The arrays and the copied settings outlive the call, which keeps nothing of them.
        let succeeded = corpus.text.withUnsafeBufferPointer { text in
            text.withMemoryRebound(to: CChar.self) { characters in
                sentencepiece_train(
                    characters.baseAddress,
                    corpus.offsets,
                    corpus.offsets.count - 1,
                    names.compactMap { UnsafePointer($0) },
                    values.compactMap { UnsafePointer($0) },
                    settings.count,
                    &model,
                    &length,
                    &message
                )
            }
        }
        guard succeeded, let model else {
            throw failure(takeText(message), requested: options.vocabularySize)
        }
        defer { sentencepiece_border_free(model) }
        return Data(bytes: model, count: length)
    }

    /// The library's refusal as one of our errors, where it is one that the user can mend.
    private static func failure(_ reason: String, requested: Int) -> TokenizerError {
        if reason.contains("smaller than required_chars"),
            let sizes = reason.firstMatch(of: /\d+ vs (\d+)/), let needed = Int(sizes.1)
        {
            return .vocabularyTooSmall(requested: requested, needed: needed)
        }
        return .trainingFailed(reason: reason)
    }

    /// Values in the form that the library splits at commas.
    private static func commaSeparated(_ values: [String]) -> String {
        values.map { "\"" + $0.replacingOccurrences(of: "\"", with: "\"\"") + "\"" }
            .joined(separator: ",")
    }
}
