import Kernels
import Synchronization

/// A threshold that is looked for: how many of the largest entries of a task vector are kept.
struct ThresholdQuery: Hashable, Sendable {
    /// The source whose task vector is looked at; the base is source 0.
    let source: Int
    /// How many entries are kept, from 0 to all of them.
    let wanted: Int
}

/// Finds thresholds of the largest entries of task vectors in one pass over a tensor.
///
/// A sample shows between which two magnitudes each threshold lies, most likely. The pass counts
/// the entries above the upper one and those that are one of both, and collects those between,
/// which are few; the threshold is found among them exactly.
/// Where the sample was wrong `MagnitudeSearch` finds the threshold by its digits.
struct MagnitudeBracket {
    /// The tensor; the base is its first source.
    let pass: TensorPass

    /// Runs of the sample and their length.
    private static let runs = 1 << 10
    private static let runLength = 1 << 7

    /// An entry that lies between the two magnitudes.
    private struct Found {
        let bits: UInt64
        let index: Int
    }

    /// The magnitudes between which a threshold lies, as bits.
    private struct Bracket {
        var lower: UInt64 = 0
        var upper: UInt64 = .max
    }

    /// What one pass finds about a query.
    private struct Counts {
        /// Entries above the bracket.
        var above = 0
        /// Entries at its upper and at its lower end.
        var upper = 0
        var lower = 0
    }

    /// The thresholds that are looked for.
    func thresholds(_ queries: [ThresholdQuery]) -> [MagnitudeThreshold] {
        let brackets = brackets(of: queries)
        let found = Mutex([[Found]](repeating: [], count: queries.count))
        let totals = Mutex([Counts](repeating: Counts(), count: queries.count))
        pass.forEachPart { part in
            for (number, query) in queries.enumerated() where needsSearch(query) {
                var inside: [Found] = []
                let counts = TaskVector.with(
                    part.sources[query.source],
                    from: part.sources[0]
                ) { vector in
                    Self.collect(vector, part.place.offset, brackets[number], into: &inside)
                }
                totals.withLock {
                    $0[number].above += counts.above
                    $0[number].upper += counts.upper
                    $0[number].lower += counts.lower
                }
                if !inside.isEmpty { found.withLock { $0[number] += inside } }
            }
        }
        return queries.enumerated().map { number, query in
            guard needsSearch(query) else { return searched(query) }
            // Taken out, so that it is sorted in place and given back.
            var inside = found.withLock { found in
                let taken = found[number]
                found[number] = []
                return taken
            }
            return threshold(
                query,
                brackets[number],
                totals.withLock { $0[number] },
                &inside
            )
        }
    }

    private func threshold(
        _ query: ThresholdQuery,
        _ bracket: Bracket,
        _ counts: Counts,
        _ inside: inout [Found]
    ) -> MagnitudeThreshold {
        let search = MagnitudeSearch(pass: pass, source: query.source)
        var rest = query.wanted - counts.above
        guard rest >= 0 else { return searched(query) }
        if rest == 0 { return MagnitudeThreshold(bits: bracket.upper, end: 0) }
        if rest <= counts.upper {
            return search.threshold(at: bracket.upper, keeping: rest, of: counts.upper)
        }
        rest -= counts.upper
        if rest <= inside.count {
            inside.sort { ($1.bits, $0.index) < ($0.bits, $1.index) }
            return MagnitudeThreshold(bits: inside[rest - 1].bits, end: inside[rest - 1].index + 1)
        }
        rest -= inside.count
        guard rest <= counts.lower else { return searched(query) }
        return search.threshold(at: bracket.lower, keeping: rest, of: counts.lower)
    }

    private func searched(_ query: ThresholdQuery) -> MagnitudeThreshold {
        MagnitudeSearch(pass: pass, source: query.source).threshold(ofLargest: query.wanted)
    }

    private func needsSearch(_ query: ThresholdQuery) -> Bool {
        query.wanted > 0 && query.wanted < pass.count
    }

    /// Counts the entries above the bracket and at its ends, and collects those between.
    ///
    /// Models in half precision have few different magnitudes, and the ends of the bracket are some
    /// of the most frequent: counted, they take no room.
    private static func collect(
        _ vector: TaskVector,
        _ offset: Int,
        _ bracket: Bracket,
        into found: inout [Found]
    ) -> Counts {
        var counts = Counts()
        let isOne = bracket.upper == bracket.lower
        for index in 0..<vector.count {
            let bits = vector[index].magnitude.bitPattern
            counts.above += bits > bracket.upper ? 1 : 0
            counts.upper += bits == bracket.upper ? 1 : 0
            counts.lower += bits == bracket.lower && !isOne ? 1 : 0
            if bits > bracket.lower, bits < bracket.upper {
                found.append(Found(bits: bits, index: offset + index))
            }
        }
        return counts
    }

    // MARK: The sample

    /// A bracket for each query; one around everything where the tensor is too small to be sampled.
    private func brackets(of queries: [ThresholdQuery]) -> [Bracket] {
        let size = Self.runs * Self.runLength
        // All entries of a small tensor are few.
        guard pass.count > 4 * size else { return queries.map { _ in Bracket() } }
        var samples: [Int: [UInt64]] = [:]
        for source in Set(queries.map(\.source)) { samples[source] = sample(of: source) }
        return queries.map { query in
            guard let sample = samples[query.source] else { return Bracket() }
            let share = Double(query.wanted) / Double(pass.count)
            let place = share * Double(size)
            // Four standard deviations of a count, doubled since neighbours are alike.
            let margin = 8 * (place * (1 - share)).squareRoot() + 16
            let first = Int(place - margin)
            let last = Int(place + margin)
            return Bracket(
                lower: last < size ? sample[last] : 0,
                upper: first >= 0 ? sample[first] : .max
            )
        }
    }

    /// The magnitudes at evenly spaced places, the largest first.
    private func sample(of source: Int) -> [UInt64] {
        let scratch = FloatBuffer(count: 2 * Self.runLength)
        var sample: [UInt64] = []
        sample.reserveCapacity(Self.runs * Self.runLength)
        for run in 0..<Self.runs {
            let start = (pass.count - Self.runLength) / Self.runs * run
            let range = start..<start + Self.runLength
            let base = pass.sources[0].floats(range, scratch: scratch.view[0..<Self.runLength])
            let model = pass.sources[source].floats(
                range,
                scratch: scratch.view[Self.runLength..<2 * Self.runLength]
            )
            TaskVector.with(model, from: base) { vector in
                for index in 0..<vector.count {
                    sample.append(vector[index].magnitude.bitPattern)
                }
            }
        }
        withExtendedLifetime(scratch) {}
        sample.sort(by: >)
        return sample
    }
}
