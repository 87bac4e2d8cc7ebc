import Evaluation

/// Which models are tested against which, and which of these tests the experiment was made for.
package struct ComparisonPlan: Hashable, Sendable {
    /// Models that are tested against all others.
    package var compared: [String]
    /// Models against which the tests are primary: few, and named before the results were known.
    package var primary: [String]
    /// Models that may read what the experiment denies all others.
    package var bounds: [String]

    /// Describes a plan.
    package init(compared: [String], primary: [String] = [], bounds: [String] = []) {
        self.compared = compared
        self.primary = primary
        self.bounds = bounds
    }

    /// What the test of a model against another is for.
    package func role(of model: String, against other: String) -> PairedTest.Role? {
        if isBound(row: model) || isBound(row: other) { return .bound }
        return primary.contains(other) ? .primary : nil
    }

    /// Whether a row of the table is an upper bound: a model that is one, or its best experts.
    package func isBound(row: String) -> Bool {
        bounds.contains { row == $0 || row == "\($0) (best)" }
    }

    /// Adjusts the p values of all tests of one metric by Holm's method.
    ///
    /// Primary tests are one family. Every other test was made in search of something and is
    /// adjusted for all of them, the primary ones included. Tests against upper bounds answer no
    /// question of the experiment: they cost no other test anything and have no adjusted p.
    package static func adjusted(_ tests: [PairedTest]) -> [PairedTest] {
        let counted = tests.indices.filter { tests[$0].role != .bound }
        let primary = tests.indices.filter { tests[$0].role == .primary }
        var adjusted = tests
        for family in [counted, primary] {
            let members = MultipleComparisons.adjusted(family.map { tests[$0] })
            for (place, test) in zip(family, members) { adjusted[place] = test }
        }
        return adjusted
    }
}

extension ComparisonPlan {
    /// The plan as text, for the identity of a comparison.
    package var facts: String {
        var lines = ["tables: 2"]
        for (key, models) in [
            ("compare", compared), ("primary", primary), ("bounds", bounds),
        ] where !models.isEmpty {
            lines.append("\(key): \(models.joined(separator: ", "))")
        }
        return lines.joined(separator: "\n") + "\n"
    }
}

extension Recipe {
    /// What tables of its results say of where they are from.
    package var origin: ComparisonTable.Origin {
        ComparisonTable.Origin(recipe: name, target: languages.target)
    }

    /// What the recipe compares.
    package var comparisonPlan: ComparisonPlan {
        ComparisonPlan(
            compared: comparedModels,
            primary: evaluation.primary ?? [],
            bounds: modelNames.filter(isBound)
        )
    }

    /// Whether a model may read what the experiment denies all others: an oracle, what begins with
    /// one, and what is merged from one.
    package func isBound(model: String) -> Bool {
        if let stage = stages[model] {
            return stage.oracle || (stage.from.map(isBound) ?? false)
        }
        let inputs = merges[model]?.points.flatMap(\.inputs.values) ?? []
        return inputs.contains(where: isBound)
    }
}
