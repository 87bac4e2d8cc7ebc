/// Word problems that were read from a file, as questions and replies.
package struct ProblemSource: DocumentSource {
    /// The problems, in the order of the file.
    package let problems: [MathProblem]
    /// The rows of the file; nil for problems whose file is not known.
    package let rows: RowCounts?
    /// The hash of all questions and replies.
    package let fingerprint: String

    /// Makes a source of problems.
    ///
    /// With `requiresSolution`, problems without a worked solution are left out: their reply would
    /// be the bare answer, and a model would learn not to work.
    package init(
        _ problems: [MathProblem],
        requiresSolution: Bool = false,
        rows: RowCounts? = nil
    ) {
        let kept = requiresSolution ? problems.filter { !$0.solution.isEmpty } : problems
        self.problems = kept
        var rows = rows
        rows?.unsolved = problems.count - kept.count
        self.rows = rows
        var mixer = ContentMixer()
        for problem in kept {
            mixer.mix(problem.question)
            mixer.mix(problem.response)
        }
        fingerprint = "problems 1 \(kept.count) \(mixer.hexadecimal)"
    }

    /// How many problems there are.
    package var count: Int? { problems.count }

    /// The problem at a place.
    package func document(at index: Int) throws -> Document {
        .chat(prompt: problems[index].question, response: problems[index].response)
    }
}

extension Sequence<MathProblem> {
    /// The problems of one split, decided by the identity, so that a problem and its translations
    /// stay together.
    package func inSplit(_ split: Split, shares: SplitShares) -> [MathProblem] {
        filter { shares.split(of: $0.id) == split }
    }

    /// How many problems each split has.
    package func rowCounts(shares: SplitShares) -> RowCounts {
        reduce(into: RowCounts()) { counts, problem in counts.count(shares.split(of: problem.id)) }
    }
}
