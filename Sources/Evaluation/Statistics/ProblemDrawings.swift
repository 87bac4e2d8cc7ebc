/// Which of the problems that were asked are drawings of one, with other names and numbers.
///
/// Drawings share the kind and the wording of their problem, which decide whether a model solves
/// it, so that their answers are no independent sample (`Outcomes.problems`). Each instance has the
/// drawings in the order of their problems. Scores are stored without the problem of a drawing; the
/// parts of their metrics by instance tell it.
package struct ProblemDrawings: Hashable, Sendable {
    /// By identity of a drawing, that of the first drawing of its problem.
    private let firsts: [String: String]

    /// Finds the problems of some drawings.
    ///
    /// - Parameter drawings: Each drawing in its order, with the number of its instance; nil for a
    ///   problem that is asked once.
    package init(_ drawings: [(identifier: String, instance: Int?)]) {
        var instances: [Int: [String]] = [:]
        for case (let identifier, let instance?) in drawings {
            instances[instance, default: []].append(identifier)
        }
        let first = instances.min { $0.key < $1.key }?.value ?? []
        firsts = Dictionary(
            instances.values.flatMap { zip($0, first) },
            uniquingKeysWith: { known, _ in known }
        )
    }

    /// The drawings of each metric that has parts by instance.
    ///
    /// - Parameter stored: The metrics of a model, with the identities of their problems.
    /// - Returns: What each of these metrics tells, by their names.
    package static func all(in stored: [(metric: Metric, identifiers: [String])])
        -> [ProblemDrawings]
    {
        Dictionary(grouping: stored.filter { $0.metric.instance != nil }, by: \.metric.whole)
            .sorted { $0.key < $1.key }
            .map { _, parts in
                ProblemDrawings(
                    parts.flatMap { part in
                        part.identifiers.map { (identifier: $0, instance: part.metric.instance) }
                    }
                )
            }
    }

    fileprivate func problems(of identifiers: [String]) -> [String]? {
        let problems = identifiers.compactMap { firsts[$0] }
        guard problems.count == identifiers.count, Set(problems).count < problems.count else {
            return nil
        }
        return problems
    }
}

extension Outcomes {
    /// The same with the problem of each unit, where some of them are drawings of one problem.
    ///
    /// - Parameter drawings: What is known of drawings; the first that has every unit decides.
    /// - Returns: The outcomes with their `problems`.
    package func grouped(by drawings: [ProblemDrawings]) -> Outcomes {
        var outcomes = self
        outcomes.problems = drawings.lazy.compactMap { $0.problems(of: identifiers) }.first
        return outcomes
    }

    /// The same with one unit a problem: the mean of its drawings.
    ///
    /// With m drawings of the problem that has most, a problem has Σ amounts / m and Σ weights / m,
    /// so that the metric stays what it is. Its identity names all drawings: other drawings of a
    /// problem are another unit.
    var byProblem: Outcomes {
        guard let problems else { return self }
        let units = Dictionary(grouping: problems.indices) { problems[$0] }.values
            .sorted { $0[0] < $1[0] }
        let most = Double(units.map(\.count).max() ?? 1)
        func sums(_ values: [Double]) -> [Double] {
            units.map { unit in unit.reduce(0) { $0 + values[$1] } / most }
        }
        return Outcomes(
            identifiers: units.map { unit in unit.map { identifiers[$0] }.joined(separator: "+") },
            amounts: sums(amounts),
            weights: sums(weights)
        )
    }
}
