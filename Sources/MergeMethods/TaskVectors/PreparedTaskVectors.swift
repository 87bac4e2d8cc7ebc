import Foundations
import Kernels

/// A merge of task vectors, with what had to be known about the whole tensor.
package struct PreparedTaskVectors: Sendable {
    /// The merge.
    let method: TaskVectorMerge
    /// For each model the entries that are kept.
    ///
    /// Those that the first threshold keeps and the second does not; empty where trimming needs
    /// none.
    let thresholds: [(kept: MagnitudeThreshold, dropped: MagnitudeThreshold)]
    /// The length of a row of the tensor.
    let rowLength: Int
    /// What the kept entries of each model are multiplied with where magnitudes must add up.
    private var factors: [Double]

    /// Looks at the whole tensor as far as trimming asks for it.
    ///
    /// - Parameters:
    ///   - method: The merge.
    ///   - pass: The tensor; the base is its first source, then those of the terms.
    init(_ method: TaskVectorMerge, _ pass: TensorPass) {
        self.method = method
        rowLength = max(1, pass.rowLength)
        factors = method.terms.map { _ in 1 }
        if method.needsThresholds, pass.count > 0 {
            let queries = method.terms.enumerated().flatMap { index, term in
                let counts = method.trimming(of: term).counts(
                    of: pass.count,
                    roundingDown: method.followsMergekit == true
                )
                return [counts.kept, counts.dropped].map {
                    ThresholdQuery(source: index + 1, wanted: $0)
                }
            }
            let found = MagnitudeBracket(pass: pass).thresholds(queries)
            thresholds = method.terms.indices.map { (found[2 * $0], found[2 * $0 + 1]) }
        } else {
            thresholds = []
        }
        if method.rescaling == .sum { factors = sums(pass) }
    }

    /// What kept entries are multiplied with so that their magnitudes add up to those of all.
    private func sums(_ pass: TensorPass) -> [Double] {
        let count = method.terms.count
        let sums = pass.partSums(2 * count, rows: method.needsRows) { part in
            var sums = [Double](repeating: 0, count: 2 * count)
            forEachBlock(of: part.sources, part.place) { sources, _, place in
                withUnsafeTemporaryAllocation(of: Double.self, capacity: sources[0].count) { kept in
                    for number in 0..<count {
                        TaskVector.with(sources[number + 1], from: sources[0]) { vector in
                            trim(vector, of: number, into: kept, place)
                            for i in 0..<vector.count {
                                sums[2 * number] += vector[i].magnitude
                                sums[2 * number + 1] += kept[i].magnitude
                            }
                        }
                    }
                }
            }
            return sums
        }
        let smallest = 1e-7
        return (0..<count).map { number in
            let (all, kept) = (sums[2 * number], sums[2 * number + 1])
            return all < smallest || kept < smallest ? 1 : all / kept
        }
    }

    /// Computes a part of the tensor.
    ///
    /// - Parameters:
    ///   - sources: The part of the base, then of each model.
    ///   - output: The part of the merged tensor.
    ///   - part: Its place; whole rows where trimming goes by rows.
    func apply(_ sources: [FloatView], into output: FloatView, part: TensorPart) {
        forEachBlock(of: sources, part) { applyBlock($0, output[$1], $2) }
    }

    /// Goes through a part in blocks that are trimmed for themselves.
    private func forEachBlock(
        of sources: [FloatView],
        _ part: TensorPart,
        _ body: ([FloatView], Range<Int>, TensorPart) -> Void
    ) {
        let count = sources[0].count
        if method.needsRows {
            for start in stride(from: 0, to: count, by: rowLength) {
                let range = start..<min(count, start + rowLength)
                body(sources.map { $0[range] }, range, part.advanced(by: start))
            }
        } else {
            ElementBlock.forEach(of: count, from: part.offset) { range, _ in
                let place = part.advanced(by: range.lowerBound)
                body(sources.map { $0[range] }, range, place)
            }
        }
    }

    /// Computes a block, whose entries stay in the nearest cache.
    private func applyBlock(_ sources: [FloatView], _ output: FloatView, _ part: TensorPart) {
        let count = output.count
        let terms = method.terms
        withUnsafeTemporaryAllocation(of: Double.self, capacity: (terms.count + 3) * count) {
            room in
            room.initialize(repeating: 0)
            func slot(_ number: Int) -> UnsafeMutableBufferPointer<Double> {
                UnsafeMutableBufferPointer(rebasing: room[number * count..<(number + 1) * count])
            }
            for number in terms.indices {
                TaskVector.with(sources[number + 1], from: sources[0]) { vector in
                    let entries = slot(number)
                    trim(vector, of: number, into: entries, part)
                    let factor = factors[number]
                    guard factor != 1 else { return }
                    for i in entries.indices { entries[i] *= factor }
                }
            }
            let sums = slot(terms.count)
            let entries = terms.indices.map { (weight: terms[$0].weight, entries: slot($0)) }
            if method.electsSign {
                addAgreeing(
                    entries,
                    into: sums,
                    votes: slot(terms.count + 1),
                    shares: slot(terms.count + 2)
                )
            } else {
                add(entries, into: sums)
            }
            TaskVector.add(sums, times: method.lambda, to: sources[0], into: output)
        }
    }

    /// Writes the entries of a model that are kept, and 0 for the others.
    private func trim(
        _ vector: TaskVector,
        of number: Int,
        into entries: UnsafeMutableBufferPointer<Double>,
        _ part: TensorPart
    ) {
        let enlarges = method.rescaling == nil
        switch method.trimming(of: method.terms[number]) {
        case .none:
            for i in 0..<vector.count { entries[i] = vector[i] }
        case .largest, .band:
            let (kept, dropped) = thresholds[number]
            for i in 0..<vector.count {
                let entry = vector[i]
                let index = part.offset + i
                entries[i] =
                    kept.keeps(entry, at: index) && !dropped.keeps(entry, at: index) ? entry : 0
            }
        case .random(let density, let seed):
            var chance = chance(seed, number, part, block: ElementBlock.length)
            for i in 0..<vector.count {
                // A choice of numbers and no branch, which random outcomes would make slow.
                let enlarged = enlarges ? vector[i] / density : vector[i]
                entries[i] = chance.uniform() < density ? enlarged : 0
            }
        case .ranked(let density, let epsilon, let seed):
            for i in 0..<vector.count { entries[i] = vector[i] }
            var chance = chance(seed, number, part, block: rowLength)
            RowRanks(density: density, epsilon: epsilon, enlarges: enlarges)
                .trim(entries, chance: &chance)
        }
    }

    /// The random numbers of the entries from a place on.
    ///
    /// Each block of a tensor has its own stream, and each entry the number at its place in the
    /// block. So an entry does not depend on how the tensor is cut in parts.
    private func chance(
        _ seed: UInt64,
        _ number: Int,
        _ part: TensorPart,
        block: Int
    ) -> SeededGenerator {
        let (index, skipped) = part.offset.quotientAndRemainder(dividingBy: block)
        var chance = SeededGenerator(
            seed: seed,
            stream: "DARE, \(part.tensor), \(method.terms[number].input)",
            indices: index
        )
        chance.skip(skipped)
        return chance
    }

    private typealias Entries = (weight: Double, entries: UnsafeMutableBufferPointer<Double>)

    /// Σ w τ', divided by Σ w where sums are normalized.
    private func add(_ models: [Entries], into sums: UnsafeMutableBufferPointer<Double>) {
        for (weight, entries) in models {
            for i in sums.indices { sums[i] += weight * entries[i] }
        }
        guard method.isNormalized else { return }
        let share = models.reduce(0) { $0 + $1.weight }
        if method.followsMergekit == true, share.magnitude < 1e-8 { return }
        for i in sums.indices { sums[i] /= share }
    }

    /// Σ w τ' over the entries that have the sign of that sum over all, divided by their Σ w where
    /// sums are normalized.
    private func addAgreeing(
        _ models: [Entries],
        into sums: UnsafeMutableBufferPointer<Double>,
        votes: UnsafeMutableBufferPointer<Double>,
        shares: UnsafeMutableBufferPointer<Double>
    ) {
        for (weight, entries) in models {
            for i in votes.indices { votes[i] += weight * entries[i] }
        }
        let follows = method.followsMergekit == true
        for (weight, entries) in models {
            for i in sums.indices {
                let entry = entries[i]
                // A weight below zero turns the sign of what a model contributes.
                let share = weight * entry
                let isPositive = votes[i] > 0 || follows && votes[i] == 0
                let agrees = isPositive ? share > 0 : votes[i] < 0 && share < 0
                sums[i] += agrees ? share : 0
                shares[i] += agrees ? weight : 0
            }
        }
        for i in sums.indices {
            // Nobody agrees with a vote of zero, or with one that is not a number and to be seen.
            // Agreeing weights say nothing about that: those of both signs can add up to zero.
            if votes[i].isNaN || votes[i] == 0 && !follows {
                sums[i] = votes[i]
            } else if method.isNormalized, shares[i] != 0 {
                sums[i] /= shares[i]
            }
        }
    }
}
