extension BilingualWorld {
    /// The problem at an index of a split: f(seed, index), the same in every language.
    ///
    /// Two indices may give the same problem; `problems` leaves repetitions out.
    package func problem(
        split: Split,
        index: Int,
        language: String,
        vocabulary: WorldVocabulary = .full,
        kinds: [String]? = nil
    ) throws -> MathProblem {
        let drawing = try ProblemDrawing(
            world: self,
            split: split,
            language: language,
            vocabulary: vocabulary,
            kinds: kinds
        )
        return try drawing.problem(at: index)
    }

    /// The first `count` different problems of a split.
    ///
    /// - Throws: `DatasetError.drawFailed` when the split has not that many.
    package func problems(
        split: Split,
        count: Int,
        language: String,
        vocabulary: WorldVocabulary = .full,
        kinds: [String]? = nil
    ) throws -> [MathProblem] {
        let drawing = try ProblemDrawing(
            world: self,
            split: split,
            language: language,
            vocabulary: vocabulary,
            kinds: kinds
        )
        var problems: [MathProblem] = []
        var seen: Set<String> = []
        let attempts = 100 * count + 1000
        for index in 0..<attempts where problems.count < count {
            let problem = try drawing.problem(at: index)
            if seen.insert(problem.id).inserted { problems.append(problem) }
        }
        guard problems.count == count else {
            throw DatasetError.drawFailed(
                what: "\(count) different problems of the \(split.rawValue) split "
                    + "(found \(problems.count))",
                attempts: attempts
            )
        }
        return problems
    }
}

/// Problems of one split in one language.
struct ProblemDrawing: Sendable {
    private let core: WorldCore
    private let kinds: [ProblemKind]
    private let split: Split
    private let vocabulary: WorldVocabulary
    private let place: Int
    private let separator: String
    private let cue: String
    private let language: String
    private let stream: ContentMixer

    init(
        world: BilingualWorld,
        split: Split,
        language: String,
        vocabulary: WorldVocabulary,
        kinds names: [String]?
    ) throws {
        core = world.core
        kinds = try ProblemKind.kinds(named: names ?? world.settings.kinds)
        if let missing = kinds.first(where: { world.core.problemPlaces[$0.name] == nil }) {
            throw DatasetError.unknownName(
                kind: "kind of problem in \(world.source.url.path)",
                found: missing.name,
                known: world.core.problemPlaces.keys.sorted()
            )
        }
        try core.verify(vocabulary)
        self.split = split
        self.vocabulary = vocabulary
        self.language = language
        place = try world.place(of: language)
        separator = world.pack(at: place).separator
        cue = world.settings.problemCue
        // The language takes no part: an index names the same problem in every language.
        var mixer = ContentMixer(world.settings.seed)
        mixer.mix("problems")
        mixer.mix(split.rawValue)
        mixer.mix(vocabulary.rawValue)
        for kind in kinds {
            mixer.mix(kind.name)
        }
        stream = mixer
    }

    func problem(at index: Int) throws -> MathProblem {
        var random = ContentRandom(stream: stream, index: index)
        let (kind, content) = try core.problem(
            kinds: kinds,
            vocabulary: vocabulary,
            split: split,
            random: &random
        )
        guard let equations = kind.solve(content.numbers), let last = equations.last else {
            throw DatasetError.drawFailed(what: "solution of '\(kind.name)'", attempts: 1)
        }
        var identity = ContentMixer(content.hash)
        if let distractor = content.distractor { identity.mix(distractor.hash) }
        return MathProblem(
            id: "\(kind.name)-\(identity.hexadecimal)",
            language: language,
            kind: kind.name,
            question: core.text(ofProblem: content, language: place, separator: separator)
                + (cue.isEmpty ? "" : " \(cue)"),
            solution: equations.map(\.sentence).joined(separator: " "),
            answer: String(last.result),
            equations: equations.map(\.leftSide),
            usesUnknownWords: core.usesUnknownWords(content)
        )
    }
}
