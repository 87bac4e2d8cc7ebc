/// A regular expression for the names of modules, as adapters of PEFT hold them.
///
/// An adapter may come from anywhere, so the time is bounded: all ways through the expression are
/// followed at once (Thompson, 1968), in steps of at most the length of the name times that of the
/// expression. What cannot be matched so, references to groups and looking around, is refused.
package struct ModulePattern: Sendable {
    private let steps: [Step]

    /// One step of the expression; the one behind the last is its end.
    private enum Step {
        case take(ModulePatternNode.Character)
        case start, end
        /// Goes on at both places.
        case split(Int, Int)
        case jump(Int)
    }

    /// Reads a regular expression in Python's words.
    ///
    /// - Throws: `UnreadablePattern`.
    package init(_ text: String) throws(UnreadablePattern) {
        var program = Program()
        try program.add(ModulePatternNode(text))
        steps = program.steps
    }

    /// Whether the expression is a whole name, or its end behind a dot: `(.*\.)?(TEXT)$`.
    package func matches(_ name: String) -> Bool {
        let scalars = Array(name.unicodeScalars)
        // For each place in the expression the last position in the name at which it was reached.
        var reached = [Int](repeating: -1, count: steps.count + 1)
        var places: [Int] = []
        for position in 0...scalars.count {
            if position == 0 || scalars[position - 1] == "." { places.append(0) }
            var taking: [(place: Int, character: ModulePatternNode.Character)] = []
            while let place = places.popLast() {
                guard reached[place] != position else { continue }
                reached[place] = position
                guard place < steps.count else { continue }
                switch steps[place] {
                case .take(let character): taking.append((place, character))
                case .start: if position == 0 { places.append(place + 1) }
                case .end: if position == scalars.count { places.append(place + 1) }
                case .split(let first, let second): places += [first, second]
                case .jump(let target): places.append(target)
                }
            }
            guard position < scalars.count else { break }
            places = taking.filter { $0.character.contains(scalars[position]) }.map { $0.place + 1 }
        }
        return reached[steps.count] == scalars.count
    }

    /// The steps while they are made.
    private struct Program {
        /// Repetitions of repetitions multiply; no name of a module needs as many parts.
        private static let mostNodes = 1_000

        var steps: [Step] = []
        private var nodeCount = 0

        mutating func add(_ node: ModulePatternNode) throws(UnreadablePattern) {
            nodeCount += 1
            guard nodeCount <= Self.mostNodes else {
                throw UnreadablePattern("it repeats too much")
            }
            switch node {
            case .character(let character): steps.append(.take(character))
            case .start: steps.append(.start)
            case .end: steps.append(.end)
            case .sequence(let nodes): for node in nodes { try add(node) }
            case .choice(let nodes): try addChoice(nodes)
            case .repeated(let node, let least, let most):
                for _ in 0..<least { try add(node) }
                guard let most else { return try addLoop(node) }
                for _ in least..<most { try addOptional(node) }
            }
        }

        private mutating func addChoice(
            _ nodes: [ModulePatternNode]
        ) throws(UnreadablePattern) {
            var ends: [Int] = []
            for (number, node) in nodes.enumerated() {
                let start = steps.count
                let isLast = number == nodes.count - 1
                if !isLast { steps.append(.jump(0)) }
                try add(node)
                guard !isLast else { break }
                ends.append(steps.count)
                steps.append(.jump(0))
                steps[start] = .split(start + 1, steps.count)
            }
            for end in ends { steps[end] = .jump(steps.count) }
        }

        private mutating func addLoop(_ node: ModulePatternNode) throws(UnreadablePattern) {
            let start = steps.count
            try addOptional(node, then: .jump(start))
        }

        private mutating func addOptional(
            _ node: ModulePatternNode,
            then last: Step? = nil
        ) throws(UnreadablePattern) {
            let start = steps.count
            steps.append(.jump(0))
            try add(node)
            if let last { steps.append(last) }
            steps[start] = .split(start + 1, steps.count)
        }
    }
}

/// A regular expression that is not understood, and why.
package struct UnreadablePattern: Error {
    /// What is wrong with it.
    package let reason: String

    init(_ reason: String) { self.reason = reason }
}
