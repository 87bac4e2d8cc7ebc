import Arithmetic
import Datasets
import Foundation
import Testing

@Suite("The generated world")
struct BilingualWorldTests {
    /// Every source of a world in every language, by name.
    static func sources(of world: BilingualWorld) throws -> [String: any DocumentSource] {
        let kinds = ProblemKind.all.map(\.name)
        var sources: [String: any DocumentSource] = [
            "parallel": try world.parallel(),
            "arithmetic": try world.arithmetic(),
        ]
        for language in world.languages {
            sources["stories \(language)"] = try world.monolingual(language: language)
            sources["familiar \(language)"] = try world.monolingual(
                language: language,
                vocabulary: .familiar
            )
            sources["questions \(language)"] = try world.instructions(language: language)
            sources["cross \(language)"] = try world.instructions(
                language: language,
                replyLanguage: language == "en" ? "sw" : "en"
            )
            sources["events \(language)"] = try world.events(
                language: language,
                replyLanguage: "en"
            )
            sources["problems \(language)"] = try world.wordProblems(
                language: language,
                kinds: kinds
            )
        }
        return sources
    }

    /// The text of a document.
    static func text(of document: Document) -> String {
        switch document {
        case .text(let text): text
        case .chat(let prompt, let response): prompt + " " + response
        }
    }

    @Test("a document depends on seed, source and index alone")
    func determinism() throws {
        let first = try Self.sources(of: PackageFolder.world())
        let second = try Self.sources(of: PackageFolder.world())
        var otherSettings = WorldSettings()
        otherSettings.seed = 1
        let other = try Self.sources(of: PackageFolder.world(otherSettings))
        for (name, source) in first {
            // Backwards the second time: nothing may be carried from one document to the next.
            let documents = try (0..<50).map { try source.document(at: $0) }
            let again = try (0..<50).reversed().map { try second[name]?.document(at: $0) }
            #expect(documents == Array(again.reversed()).compactMap { $0 })
            let changed = try (0..<50).map { try other[name]?.document(at: $0) }
            #expect(documents != changed.compactMap { $0 })
            #expect(Set(documents).count > 40, "\(name) repeats itself")
            #expect(source.fingerprint == second[name]?.fingerprint)
            #expect(source.fingerprint != other[name]?.fingerprint)
        }
        #expect(Set(first.values.map(\.fingerprint)).count == first.count)
    }

    @Test("no text holds a brace, a double blank or a blank at its ends")
    func cleanText() throws {
        for (name, source) in try Self.sources(of: PackageFolder.world()) {
            for index in 0..<500 {
                let text = Self.text(of: try source.document(at: index))
                #expect(!text.contains { "{}".contains($0) }, "\(name) \(index): \(text)")
                #expect(!text.contains("  ") && text.last != " ", "\(name) \(index): \(text)")
            }
        }
    }

    @Test("splits share no problem, and a problem has one id in both languages")
    func splitsAreDisjoint() throws {
        let world = try PackageFolder.world()
        var identities: [Split: Set<String>] = [:]
        var questions: [Split: Set<String>] = [:]
        for (split, count) in [(Split.train, 20_000), (.development, 1000), (.test, 1000)] {
            for index in 0..<count {
                let problem = try world.problem(split: split, index: index, language: "sw")
                identities[split, default: []].insert(problem.id)
                questions[split, default: []].insert(problem.question)
                if index < 1000 {
                    let english = try world.problem(split: split, index: index, language: "en")
                    #expect(english.id == problem.id && english.answer == problem.answer)
                    #expect(english.equations == problem.equations)
                    #expect(english.question != problem.question)
                }
            }
        }
        for (first, second) in [
            (Split.train, Split.development), (.train, .test),
            (.development, .test),
        ] {
            #expect(identities[first]?.isDisjoint(with: identities[second] ?? []) == true)
            #expect(questions[first]?.isDisjoint(with: questions[second] ?? []) == true)
        }
        // Sharing has 64 pairs of numbers for each of 40 nouns, so some of its 2,900 draws repeat.
        #expect((identities[.train]?.count ?? 0) > 18_000)
    }

    @Test("a sentence held out as text is held out as a translation too")
    func textSplits() throws {
        let world = try PackageFolder.world()
        // "There are many X somewhere" has 320 contents, so that each is drawn several times.
        func many(_ text: String) -> [String] {
            text.split(separator: ".").map { $0.trimmingCharacters(in: .whitespaces) }
                .filter { $0.hasPrefix("Kuna ") && !$0.contains("katika") }
                .filter { $0.allSatisfy { !$0.isNumber } }
        }
        var held: Set<String> = []
        let stories = try world.monolingual(language: "sw", split: .development)
        for index in 0..<1000 {
            held.formUnion(many(Self.text(of: try stories.document(at: index))))
        }
        var seen: Set<String> = []
        let pairs = try world.parallel()
        for index in 0..<30_000 {
            guard case .chat(let prompt, let response) = try pairs.document(at: index) else {
                continue
            }
            seen.formUnion(many(response))
            seen.formUnion(many(prompt.replacingOccurrences(of: "English: ", with: "")))
        }
        #expect(held.count >= 5 && seen.count >= 250, "\(held.count) and \(seen.count)")
        #expect(held.count + seen.count <= 320)
        #expect(held.isDisjoint(with: seen))
    }

    /// What each kind asks for, from the numbers in the order of the English question.
    static let meanings: [String: @Sendable ([Int]) -> Int] = [
        "gain": { $0[0] + $0[1] }, "lose": { $0[0] - $0[1] }, "groups": { $0[0] * $0[1] },
        "share": { $0[1] / $0[0] }, "gain_lose": { $0[0] + $0[1] - $0[2] },
        "lose_gain": { $0[0] - $0[1] + $0[2] }, "together": { $0[0] + $0[1] },
        "more_than": { $0[0] + $0[1] }, "fewer_than": { $0[0] - $0[1] },
        "compare": { $0[0] - $0[1] }, "twice": { 2 * $0[0] }, "before_gain": { $0[1] - $0[0] },
        "before_lose": { $0[1] + $0[0] }, "price": { $0[0] * $0[1] },
        "three_together": { $0[0] + $0[1] + $0[2] }, "gain_gain": { $0[0] + $0[1] + $0[2] },
        "lose_lose": { $0[0] - $0[1] - $0[2] }, "more_together": { 2 * $0[0] + $0[1] },
        "twice_together": { 3 * $0[0] }, "groups_gain": { $0[0] * $0[1] + $0[2] },
        "groups_lose": { $0[0] * $0[1] - $0[2] }, "share_gain": { $0[1] / $0[0] + $0[2] },
        "left_over": { $0[0] - $0[1] * $0[2] },
    ]

    /// Phrasings that state their numbers in an order that asks for something else: how they are
    /// known, and what they ask for.
    static let reordered:
        [String: (isTold: @Sendable (String) -> Bool, meaning: @Sendable ([Int]) -> Int)] = [
            // There are 12 eggs, and 3 people share them; 12 eggs are put in 3 boxes.
            "share": ({ !$0.hasPeopleFirst }, { $0[0] / $0[1] }),
            "share_gain": ({ !$0.hasPeopleFirst }, { $0[0] / $0[1] + $0[2] }),
            // One has 3 more than the other, who has 12.
            "more_together": ({ $0.hasSuffix(" in all?") }, { $0[0] + 2 * $0[1] }),
        ]

    @Test("the answer is what the words of its kind ask for", arguments: ProblemKind.all)
    func meaningOfKinds(kind: ProblemKind) throws {
        var settings = PackageFolder.fewWords
        settings.phrasings = 3
        let world = try PackageFolder.world(settings)
        let usual = try #require(Self.meanings[kind.name])
        var reordered = 0
        for index in 0..<200 {
            let problem = try world.problem(
                split: .train,
                index: index,
                language: "en",
                kinds: [kind.name]
            )
            let numbers = CanonicalNumber.numbers(in: problem.question).compactMap {
                Int($0.description)
            }
            var meaning = usual
            if let other = Self.reordered[kind.name], other.isTold(problem.question) {
                meaning = other.meaning
                reordered += 1
            }
            #expect(String(meaning(numbers)) == problem.answer, "\(problem.question)")
        }
        #expect((reordered > 50) == (Self.reordered[kind.name] != nil))
    }

    @Test("the worked solution is right, by an evaluator of its own")
    func solutionsAreRight() throws {
        let world = try PackageFolder.world()
        let settings = world.settings
        for kind in ProblemKind.all {
            for index in 0..<400 {
                let problem = try world.problem(
                    split: .train,
                    index: index,
                    language: "en",
                    kinds: [kind.name]
                )
                let steps = problem.solution.split(separator: ".").map { step in
                    step.split(separator: "=").map { $0.trimmingCharacters(in: .whitespaces) }
                }
                #expect(steps.count == kind.stepCount && problem.equations.count == kind.stepCount)
                for (step, equation) in zip(steps, problem.equations) {
                    #expect(step.count == 2 && step[0] == equation)
                    let words = equation.split(separator: " ")
                    let left = try #require(Int(words[0]))
                    let right = try #require(Int(words[2]))
                    let result = try #require(Int(step[1]))
                    switch words[1] {
                    case "+": #expect(left + right == result)
                    case "-": #expect(left - right == result)
                    case "*": #expect(left * right == result)
                    default: #expect(right * result == left)
                    }
                    #expect(result >= 1 && result <= 81 + settings.problemNumberMaximum)
                }
                #expect(steps.last?.last == problem.answer)
                #expect(problem.response == "\(problem.solution) #### \(problem.answer)")
                // Every number of the question is used, and "twice" brings its own 2.
                let used = problem.equations.joined(separator: " ").split(separator: " ")
                for number in CanonicalNumber.numbers(in: problem.question) {
                    #expect(used.contains(Substring(number.description)), "\(problem.question)")
                }
            }
        }
    }

    @Test("with the answer alone the same problems have replies without work")
    func answersAlone() throws {
        let world = try PackageFolder.world()
        let worked = try world.wordProblems(language: "en", solution: .worded)
        let same = try world.wordProblems(language: "en", solution: .equations)
        let bare = try world.wordProblems(language: "en", solution: .answer)
        #expect(worked.fingerprint == same.fingerprint && worked.fingerprint != bare.fingerprint)
        for index in 0..<20 {
            guard case .chat(let question, let reply) = try worked.document(at: index),
                case .chat(let other, let answer) = try bare.document(at: index)
            else {
                Issue.record("a problem that is no question")
                continue
            }
            #expect(question == other && answer.hasPrefix("#### "))
            #expect(reply.hasSuffix(" \(answer)"))
        }
    }

    @Test("numbers stay within the settings")
    func numberRanges() throws {
        var settings = WorldSettings()
        settings.problemNumberMaximum = 12
        settings.problemSumMaximum = 15
        settings.factorMaximum = 5
        settings.sentenceNumberMaximum = 14
        let world = try PackageFolder.world(settings)
        for index in 0..<2000 {
            let problem = try world.problem(split: .train, index: index, language: "en")
            let numbers = CanonicalNumber.numbers(in: problem.question)
                .compactMap { Int($0.description) }
            #expect(numbers.allSatisfy { $0 <= 25 })
            #expect((Int(problem.answer) ?? 99) <= 25)
            let story = try world.monolingual(language: "sw").document(at: index)
            let told = CanonicalNumber.numbers(in: Self.text(of: story))
                .compactMap { Int($0.description) }
            #expect(told.allSatisfy { $0 <= 25 })
        }
    }

    @Test("all kinds are drawn equally often")
    func kindFrequencies() throws {
        let world = try PackageFolder.world()
        var counts: [String: Int] = [:]
        for index in 0..<7000 {
            let problem = try world.problem(split: .train, index: index, language: "en")
            counts[problem.kind, default: 0] += 1
        }
        // 7,000 draws of seven kinds: mean 1,000, standard deviation 29.
        #expect(counts.count == 7)
        #expect(counts.values.allSatisfy { abs($0 - 1000) < 5 * 30 }, "\(counts)")
    }

    @Test("problems and equations up to a number have no larger one, and are data of their own")
    func largestNumber() throws {
        let world = try PackageFolder.world()
        func numbers(_ document: Document) -> [Int] {
            "\(document)".split { !$0.isASCII || !$0.isNumber }.compactMap { Int($0) }
        }
        let sources = [
            try world.arithmetic(atMost: 12), try world.wordProblems(language: "sw", atMost: 12),
        ]
        for source in sources {
            let largest = try (0..<200).flatMap { numbers(try source.document(at: $0)) }.max()
            #expect(largest == 12)
        }
        let all = try world.arithmetic()
        #expect(try (0..<200).flatMap { numbers(try all.document(at: $0)) }.contains { $0 > 30 })
        #expect(all.fingerprint != sources[0].fingerprint)
        #expect(throws: DatasetError.self) {
            try world.wordProblems(language: "en", kinds: ["groups"], atMost: 3).document(at: 0)
        }
    }

    @Test("different problems are counted once")
    func distinctProblems() throws {
        let world = try PackageFolder.world()
        let problems = try world.problems(split: .test, count: 500, language: "sw")
        #expect(problems.count == 500 && Set(problems.map(\.id)).count == 500)
        let english = try world.problems(split: .test, count: 500, language: "en")
        #expect(english.map(\.id) == problems.map(\.id))
    }

    @Test("instances have the kind and form of a problem, and other names and numbers")
    func instances() throws {
        var settings = WorldSettings()
        settings.distractorShare = 0.3
        let world = try PackageFolder.world(settings)
        let once = try world.problems(split: .test, count: 60, language: "en")
        let problems = try world.problems(split: .test, count: 60, instances: 3, language: "en")
        #expect(problems.count == 180 && Set(problems.map(\.id)).count == 180)
        #expect(problems.prefix(60).map(\.question) == once.map(\.question))
        #expect(problems.map(\.instance) == (0..<180).map { $0 / 60 + 1 })
        #expect(once.allSatisfy { $0.instance == nil })
        for place in 0..<60 {
            let group = [problems[place], problems[place + 60], problems[place + 120]]
            #expect(Set(group.map(\.kind)).count == 1)
            #expect(Set(group.map(\.equations.count)).count == 1)
            // A distractor is a sentence more, in all of them or in none.
            #expect(Set(group.map { $0.question.count { ".?".contains($0) } }).count == 1)
        }
        let swahili = try world.problems(split: .test, count: 60, instances: 3, language: "sw")
        #expect(swahili.map(\.id) == problems.map(\.id))
        #expect(swahili.map(\.answer) == problems.map(\.answer))
    }
}

extension String {
    /// Whether a problem begins with the number of people.
    fileprivate var hasPeopleFirst: Bool { first?.isNumber ?? false }
}
