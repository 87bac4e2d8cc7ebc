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
    /// - Parameters:
    ///   - split: The split.
    ///   - count: How many problems.
    ///   - instances: How often each is drawn: with the same kind and pattern, and names and numbers
    ///     of its own (Mirzadeh et al., 2024, "GSM-Symbolic"). More than 1 gives `count` problems of
    ///     the first instance, then as many of the second, and so on.
    ///   - language: The language.
    ///   - vocabulary: Which words they may have.
    ///   - kinds: The kinds; those of the world when nil.
    /// - Returns: `count · instances` problems, each another one.
    /// - Throws: `DatasetError.drawFailed` when the split has not that many.
    package func problems(
        split: Split,
        count: Int,
        instances: Int = 1,
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
        var indices: [Int] = []
        var seen: Set<String> = []
        let attempts = 100 * count + 1000
        for index in 0..<attempts where problems.count < count {
            let problem = try drawing.problem(at: index)
            guard seen.insert(problem.id).inserted else { continue }
            problems.append(problem)
            indices.append(index)
        }
        guard problems.count == count else {
            throw DatasetError.drawFailed(
                what: "\(count) different problems of the \(split.rawValue) split "
                    + "(found \(problems.count))",
                attempts: attempts
            )
        }
        guard instances > 1 else { return problems }
        for place in problems.indices { problems[place].instance = 1 }
        for instance in 2...instances {
            problems += try indices.map { index in
                var problem = try drawing.problem(at: index, instance: instance, except: &seen)
                problem.instance = instance
                return problem
            }
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
    private let largest: Int?
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
        kinds names: [String]?,
        atMost largest: Int? = nil
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
        self.largest = largest
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
        if let largest { mixer.mix(largest) }
        stream = mixer
    }

    func problem(at index: Int) throws -> MathProblem {
        try problem(of: drawn(at: index))
    }

    /// The problem at an index with other names and numbers.
    ///
    /// - Parameters:
    ///   - index: The index.
    ///   - instance: Which drawing, from 2.
    ///   - seen: The identities that it must not have; its own is added.
    /// - Returns: The problem.
    /// - Throws: `DatasetError.drawFailed`.
    func problem(
        at index: Int,
        instance: Int,
        except seen: inout Set<String>
    ) throws -> MathProblem {
        let first = try drawn(at: index)
        var mixer = stream
        mixer.mix("instance")
        mixer.mix(instance)
        var random = ContentRandom(stream: mixer, index: index)
        for _ in 0..<WorldCore.maximumAttempts {
            let problem = try problem(
                of: core.problem(
                    kinds: kinds,
                    like: first,
                    vocabulary: vocabulary,
                    atMost: largest,
                    split: split,
                    random: &random
                )
            )
            if seen.insert(problem.id).inserted { return problem }
        }
        throw DatasetError.drawFailed(
            what: "instance \(instance) of a problem of the kind '\(first.kind.name)'",
            attempts: WorldCore.maximumAttempts
        )
    }

    private func drawn(at index: Int) throws -> (kind: ProblemKind, content: PatternContent) {
        var random = ContentRandom(stream: stream, index: index)
        return try core.problem(
            kinds: kinds,
            vocabulary: vocabulary,
            atMost: largest,
            split: split,
            random: &random
        )
    }

    private func problem(
        of drawn: (kind: ProblemKind, content: PatternContent)
    ) throws -> MathProblem {
        let (kind, content) = drawn
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
