extension BilingualWorld {
    /// Which way sentences are translated.
    package enum Direction: String, Codable, Sendable, CaseIterable {
        /// From the source language to the target language.
        case toTarget
        /// From the target language to the source language.
        case toSource
        /// Each as often as the other.
        case both
    }

    /// Stories of a few sentences.
    package func monolingual(
        language: String,
        vocabulary: WorldVocabulary = .full,
        split: Split = .train
    ) throws -> any DocumentSource {
        try source(.stories(try place(of: language)), vocabulary, split)
    }

    /// Sentences with the instruction to translate them.
    package func parallel(
        vocabulary: WorldVocabulary = .full,
        direction: Direction = .both,
        split: Split = .train
    ) throws -> any DocumentSource {
        try source(.translations(direction), vocabulary, split)
    }

    /// Questions about a sentence; with another reply language the meaning is tied across.
    package func instructions(
        language: String,
        replyLanguage: String? = nil,
        vocabulary: WorldVocabulary = .full,
        split: Split = .train
    ) throws -> any DocumentSource {
        let (asked, replied) = try places(asked: language, replied: replyLanguage)
        return try source(.questions(asked, replied), vocabulary, split)
    }

    /// Questions about what happens first, later, after something or to each; with another reply
    /// language the meaning is tied across.
    ///
    /// - Throws: `DatasetError` when the packs have no such patterns or not enough words.
    package func events(
        language: String,
        replyLanguage: String? = nil,
        vocabulary: WorldVocabulary = .full,
        split: Split = .train
    ) throws -> any DocumentSource {
        let (asked, replied) = try places(asked: language, replied: replyLanguage)
        guard !core.events.plans.isEmpty else {
            throw DatasetError.setting(
                name: "source",
                found: "events",
                expected: "another source, because \(source.url.path) has no section 'events'"
            )
        }
        return try source(.events(asked, replied), vocabulary, split)
    }

    /// Equations without words.
    ///
    /// - Parameters:
    ///   - split: The part of the documents.
    ///   - largest: The largest number that they have; nil for those of the world.
    /// - Returns: Documents without end.
    /// - Throws: `DatasetError`.
    package func arithmetic(
        split: Split = .train,
        atMost largest: Int? = nil
    ) throws -> any DocumentSource {
        try source(.arithmetic, .full, split, atMost: largest)
    }

    /// Word problems as questions and replies.
    ///
    /// - Parameters:
    ///   - language: The code of the language.
    ///   - split: The part of the problems.
    ///   - vocabulary: Which words they may use.
    ///   - kinds: The kinds of problems; all of the world when nil.
    ///   - solution: Whether replies show the work; words and equations are the same here.
    ///   - largest: The largest number that they may state or lead to; nil for those of the world.
    /// - Returns: Problems without end.
    /// - Throws: `DatasetError` for kinds and words that the packs do not have.
    package func wordProblems(
        language: String,
        split: Split = .train,
        vocabulary: WorldVocabulary = .full,
        kinds: [String]? = nil,
        solution: SolutionForm = .worded,
        atMost largest: Int? = nil
    ) throws -> any DocumentSource {
        let drawing = try ProblemDrawing(
            world: self,
            split: split,
            language: language,
            vocabulary: vocabulary,
            kinds: kinds,
            atMost: largest
        )
        let names = kinds ?? settings.kinds
        return WordProblemSource(
            drawing: drawing,
            showsWork: solution != .answer,
            fingerprint: "\(fingerprint) problems \(language) \(split.rawValue) "
                + "\(vocabulary.rawValue) \(names.joined(separator: ","))"
                + (solution == .answer ? " answers" : "")
                + (largest.map { " up to \($0)" } ?? "")
        )
    }

    /// Documents whose contents are the same in both languages, index by index.
    package enum AlignedDocuments: String, Sendable {
        /// Stories.
        case stories
        /// Translations into each language.
        case translations
        /// Questions with replies in the language of the question.
        case questions
        /// Questions of events, with replies in the language of the question.
        case events
    }

    /// The same contents in the source language and in the target language.
    ///
    /// - Throws: `DatasetError`.
    package func aligned(
        _ documents: AlignedDocuments,
        split: Split = .train
    ) throws -> (source: any DocumentSource, target: any DocumentSource) {
        let tasks: (WorldSource.Task, WorldSource.Task) =
            switch documents {
            case .stories: (.stories(0), .stories(1))
            case .translations: (.translations(.toSource), .translations(.toTarget))
            case .questions: (.questions(0, 0), .questions(1, 1))
            case .events: (.events(0, 0), .events(1, 1))
            }
        let name = "aligned \(documents.rawValue)"
        return (
            try source(tasks.0, .full, split, stream: name),
            try source(tasks.1, .full, split, stream: name)
        )
    }

    /// The places of the language of questions and of that of their replies, by default the same.
    private func places(asked: String, replied: String?) throws -> (asked: Int, replied: Int) {
        let place = try place(of: asked)
        return (place, try replied.map { try self.place(of: $0) } ?? place)
    }

    private func source(
        _ task: WorldSource.Task,
        _ vocabulary: WorldVocabulary,
        _ split: Split,
        stream shared: String? = nil,
        atMost largest: Int? = nil
    ) throws -> any DocumentSource {
        try core.verify(vocabulary)
        let name =
            (shared ?? "\(task) \(vocabulary.rawValue) \(split.rawValue)")
            + (largest.map { " up to \($0)" } ?? "")
        var stream = ContentMixer(settings.seed)
        stream.mix(name)
        return WorldSource(
            world: self,
            task: task,
            vocabulary: vocabulary,
            split: split,
            largest: largest,
            stream: stream,
            fingerprint: "\(fingerprint) \(name)"
        )
    }
}

/// Word problems as chat documents.
struct WordProblemSource: DocumentSource {
    let drawing: ProblemDrawing
    let showsWork: Bool
    let fingerprint: String

    var count: Int? { nil }

    func document(at index: Int) throws -> Document {
        let drawn = try drawing.problem(at: index)
        let problem = showsWork ? drawn : drawn.withoutWork
        return .chat(prompt: problem.question, response: problem.response)
    }
}
