import Datasets
import Evaluation

/// The problems of a recipe by what they are: their kind, their steps, and whether the base knows
/// their words.
package struct ProblemGroups: Sendable {
    /// One way of grouping.
    package struct Grouping: Sendable {
        /// What the groups differ in: `kind`, `steps` or `words`.
        package let name: String
        /// The group of a problem by its identifier.
        package let groups: [String: String]
    }

    /// The groupings of each metric of word problems.
    package let groupings: [Grouping]

    /// Groups the problems in the target language, which are those in English too.
    ///
    /// - Throws: Errors of the data.
    init(_ experiment: Experiment) throws {
        let problems = try experiment.problems(.target)
        func grouping(_ name: String, _ group: (MathProblem) -> String?) -> Grouping? {
            let groups = Dictionary(
                problems.compactMap { problem in group(problem).map { (problem.id, $0) } },
                uniquingKeysWith: { first, _ in first }
            )
            return Set(groups.values).count > 1 ? Grouping(name: name, groups: groups) : nil
        }
        groupings = [
            grouping("kind") { $0.kind.isEmpty ? nil : $0.kind },
            grouping("steps") { $0.equations.isEmpty ? nil : "\($0.equations.count)" },
            grouping("words") { problem in
                problem.usesUnknownWords.map { $0 ? "unknown" : "known" }
            },
        ].compactMap { $0 }
    }
}

extension Outcomes {
    /// The outcomes of some units alone.
    func only(_ isWanted: (String) -> Bool) -> Outcomes {
        let places = identifiers.indices.filter { isWanted(identifiers[$0]) }
        var part = self
        part.identifiers = places.map { identifiers[$0] }
        part.amounts = places.map { amounts[$0] }
        part.weights = places.map { weights[$0] }
        return part
    }
}
