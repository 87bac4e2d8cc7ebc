/// What a pattern needs to be filled, the same in every language.
struct PatternPlan: Sendable {
    /// The hash of the section and the key, where the hash of a content begins.
    let keyHash: UInt64
    /// The word slots in canonical order.
    let slots: [WordSlot]
    /// How many numbers are drawn.
    let numberCount: Int
    /// Whether the number at a place is a factor of a product.
    let isFactor: [Bool]
    /// The numbers that are computed from drawn ones.
    let derived: [NumberExpression]
    /// Whether a distractor can stand in the text.
    let holdsDistractor: Bool

    init(section: String, pattern: LanguagePack.Pattern) {
        var mixer = ContentMixer()
        mixer.mix(section)
        mixer.mix(pattern.key)
        keyHash = mixer.value
        slots = pattern.templates.reduce(into: Set<WordSlot>()) { $0.formUnion($1.wordSlots) }
            .sorted()
        let expressions = Set(pattern.templates.flatMap(\.numbers))
        let count = expressions.flatMap(\.operands).max() ?? 0
        numberCount = count
        var isFactor = [Bool](repeating: false, count: count)
        for case .product(let first, let second) in expressions {
            isFactor[first - 1] = true
            isFactor[second - 1] = true
        }
        self.isFactor = isFactor
        holdsDistractor = pattern.text.holdsDistractor
        derived = expressions.filter { $0.operands.count > 1 }
            .sorted { $0.description < $1.description }
    }
}

/// A pattern filled with words and numbers, in no language yet.
struct PatternContent: Sendable {
    /// The place of the pattern in its section.
    var pattern: Int
    /// The word of each slot of the plan, by its place in the lexicon.
    var words: [Int]
    /// The drawn numbers.
    var numbers: [Int]
    /// The hash of all of it, which decides the split.
    var hash: UInt64
    /// The sentence that a problem holds without needing it, or none.
    var distractor: Distractor?

    /// A filled pattern of the section of distractors.
    struct Distractor: Sendable {
        var pattern: Int
        var words: [Int]
        var numbers: [Int]
        var hash: UInt64
    }
}

/// A pattern in one language, ready to be filled without looking anything up.
struct CompiledTemplate: Sendable {
    private enum Segment: Sendable {
        case text(String)
        case word(slot: Int, forms: [String])
        /// A word that agrees with another: its forms by the class of that one, then by word.
        case agreeing(slot: Int, other: Int, classes: [Int], forms: [[String]])
        case number(NumberExpression)
        case distractor
    }

    private let segments: [Segment]

    /// Compiles a template of a verified pack; `words` gives a category's words in the order of
    /// the world.
    init(
        _ template: Template,
        plan: PatternPlan,
        words: (WordCategory) -> [LanguagePack.Word]
    ) {
        segments = template.segments.compactMap { segment in
            switch segment {
            case .text(let text):
                return .text(text)
            case .number(let expression):
                return .number(expression)
            case .distractor:
                return .distractor
            case .word(let slot, let form, let capitalised, let other):
                guard let place = plan.slots.firstIndex(of: slot) else { return nil }
                func forms(_ name: String) -> [String] {
                    words(slot.category).map { word in
                        let text = word.forms[name] ?? ""
                        return capitalised ? text.prefix(1).uppercased() + text.dropFirst() : text
                    }
                }
                guard let other else { return .word(slot: place, forms: forms(form)) }
                guard let otherPlace = plan.slots.firstIndex(of: other) else { return nil }
                let agreements = words(other.category).map { $0.agreement ?? "" }
                let names = Set(agreements).sorted()
                return .agreeing(
                    slot: place,
                    other: otherPlace,
                    classes: agreements.map { names.firstIndex(of: $0) ?? 0 },
                    forms: names.map { forms("\(form).\($0)") }
                )
            }
        }
    }

    /// Appends the filled pattern; `distractor` is the text that stands where one can.
    func write(_ content: PatternContent, distractor: String = "", to text: inout String) {
        for segment in segments {
            switch segment {
            case .text(let fixed): text += fixed
            case .word(let slot, let forms): text += forms[content.words[slot]]
            case .agreeing(let slot, let other, let classes, let forms):
                text += forms[classes[content.words[other]]][content.words[slot]]
            case .number(let expression): text += String(expression.value(of: content.numbers))
            case .distractor: text += distractor
            }
        }
    }

    /// The filled pattern.
    func text(_ content: PatternContent, distractor: String = "") -> String {
        var text = ""
        text.reserveCapacity(128)
        write(content, distractor: distractor, to: &text)
        return text
    }
}

/// The patterns of one section in all languages.
struct PatternSection: Sendable {
    /// What each pattern needs.
    let plans: [PatternPlan]
    /// The texts: by language, then by pattern.
    let texts: [[CompiledTemplate]]
    /// The replies: by language, then by pattern; empty for sections without replies.
    let replies: [[CompiledTemplate]]
    /// The sum of the weights up to and with each pattern, divided by the sum of all.
    private let cumulative: [Double]

    init(
        name: String,
        patterns: [[LanguagePack.Pattern]],
        words: (Int, WordCategory) -> [LanguagePack.Word]
    ) {
        let first = patterns[0]
        let plans = first.map { PatternPlan(section: name, pattern: $0) }
        self.plans = plans
        let aligned = patterns.map { own in
            let byKey = Dictionary(uniqueKeysWithValues: own.map { ($0.key, $0) })
            return first.compactMap { byKey[$0.key] }
        }
        texts = aligned.enumerated().map { language, own in
            zip(own, plans).map { pattern, plan in
                CompiledTemplate(pattern.text, plan: plan) { words(language, $0) }
            }
        }
        replies = aligned.enumerated().map { language, own in
            zip(own, plans).compactMap { pattern, plan in
                pattern.reply.map { reply in
                    CompiledTemplate(reply, plan: plan) { words(language, $0) }
                }
            }
        }
        let total = first.reduce(0) { $0 + $1.weight }
        var sum = 0.0
        cumulative = first.map { pattern in
            sum += pattern.weight
            return sum / total
        }
    }

    /// A pattern by weight.
    func drawPattern(_ random: inout ContentRandom) -> Int {
        cumulative.place(of: random.uniform())
    }
}
