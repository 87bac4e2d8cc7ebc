/// Generated text of one kind; without end.
struct WorldSource: DocumentSource {
    /// What is generated; languages are places, 0 for the source and 1 for the target.
    enum Task: Sendable {
        case stories(Int)
        case translations(BilingualWorld.Direction)
        case questions(Int, Int)
        case events(Int, Int)
        case arithmetic
    }

    let world: BilingualWorld
    let task: Task
    let vocabulary: WorldVocabulary
    let split: Split
    /// The largest number of equations; nil for those of the world.
    let largest: Int?
    let stream: ContentMixer
    let fingerprint: String

    var count: Int? { nil }

    func document(at index: Int) throws -> Document {
        var random = ContentRandom(stream: stream, index: index)
        switch task {
        case .stories(let language): return try story(language, &random)
        case .translations(let direction): return try translation(direction, &random)
        case .questions(let asked, let replied):
            return try question(of: world.core.questions, asked, replied, &random)
        case .events(let asked, let replied):
            return try question(of: world.core.events, asked, replied, &random)
        case .arithmetic: return try equations(&random)
        }
    }

    private func story(_ language: Int, _ random: inout ContentRandom) throws -> Document {
        let settings = world.settings
        let count = random.number(in: settings.minimumSentences...settings.maximumSentences)
        return .text(text(of: try contents(count, &random), in: language))
    }

    private func translation(
        _ direction: BilingualWorld.Direction,
        _ random: inout ContentRandom
    ) throws -> Document {
        let most = world.settings.translationSentences
        let count = most == 1 ? 1 : random.number(in: 1...most)
        let contents = try contents(count, &random)
        let from =
            switch direction {
            case .toTarget: 0
            case .toSource: 1
            case .both: random.below(2)
            }
        let cue = world.pack(at: 1 - from).translationCue
        return .chat(
            prompt: cue.before + text(of: contents, in: from) + cue.after,
            response: text(of: contents, in: 1 - from)
        )
    }

    /// Sentences that speak again of the persons and things of the ones before.
    private func contents(_ count: Int, _ random: inout ContentRandom) throws -> [PatternContent] {
        let core = world.core
        var contents: [PatternContent] = []
        for _ in 0..<count {
            contents.append(
                try core.content(
                    of: core.sentences,
                    vocabulary: vocabulary,
                    split: split,
                    random: &random,
                    continuing: contents.last.map { (core.sentences.plans[$0.pattern], $0) }
                )
            )
        }
        return contents
    }

    /// Sentences one after the other.
    private func text(of contents: [PatternContent], in language: Int) -> String {
        var text = ""
        text.reserveCapacity(96 * contents.count)
        for (place, content) in contents.enumerated() {
            if place > 0 { text += world.pack(at: language).separator }
            world.core.sentences.texts[language][content.pattern].write(content, to: &text)
        }
        return text
    }

    private func question(
        of section: PatternSection,
        _ asked: Int,
        _ replied: Int,
        _ random: inout ContentRandom
    ) throws -> Document {
        let content = try world.core.content(
            of: section,
            vocabulary: vocabulary,
            split: split,
            random: &random
        )
        return .chat(
            prompt: section.texts[asked][content.pattern].text(content),
            response: section.replies[replied][content.pattern].text(content)
        )
    }

    /// Equations are few, so it is the whole document whose hash decides the split: every fact of
    /// arithmetic may be learned.
    private func equations(_ random: inout ContentRandom) throws -> Document {
        for _ in 0..<WorldCore.maximumAttempts {
            var mixer = ContentMixer()
            mixer.mix("arithmetic")
            let equations = try (0..<world.settings.equationsPerDocument).map { _ in
                let equation = try self.equation(&random)
                mixer.mix(equation.left)
                mixer.mix(equation.right)
                mixer.mix(equation.result)
                return equation
            }
            if world.settings.splitShares.split(ofHash: mixer.value) == split {
                return .text(equations.map(\.sentence).joined(separator: " "))
            }
        }
        throw DatasetError.drawFailed(
            what: "arithmetic of the \(split.rawValue) split",
            attempts: WorldCore.maximumAttempts
        )
    }

    /// An equation whose numbers are not above the largest one.
    private func equation(_ random: inout ContentRandom) throws -> Equation {
        for _ in 0..<WorldCore.maximumAttempts {
            let equation = anyEquation(&random)
            let numbers = [equation.left, equation.right, equation.result]
            if numbers.allSatisfy({ $0 <= largest ?? .max }) { return equation }
        }
        throw DatasetError.drawFailed(
            what: "equation with numbers up to \(largest ?? 0)",
            attempts: WorldCore.maximumAttempts
        )
    }

    private func anyEquation(_ random: inout ContentRandom) -> Equation {
        let maximum = world.settings.arithmeticMaximum
        let factors = 1...world.settings.factorMaximum
        switch random.below(4) {
        case 0:
            let left = random.number(in: 0...maximum)
            let right = random.number(in: 0...(maximum - left))
            return Equation(left: left, operation: .add, right: right, result: left + right)
        case 1:
            let left = random.number(in: 1...maximum)
            let right = random.number(in: 0...left)
            return Equation(left: left, operation: .subtract, right: right, result: left - right)
        case 2:
            let left = random.number(in: factors)
            let right = random.number(in: factors)
            return Equation(left: left, operation: .multiply, right: right, result: left * right)
        default:
            let divisor = random.number(in: factors)
            let quotient = random.number(in: factors)
            return Equation(
                left: divisor * quotient,
                operation: .divide,
                right: divisor,
                result: quotient
            )
        }
    }
}
