import Kernels

/// The threshold between the largest entries of a task vector and the others.
///
/// Entries are compared by the bits of their magnitude, which have the order of the magnitudes;
/// what is not a number counts as largest, so that trimming does not hide it. Of equal magnitudes
/// those that come first in the tensor are larger.
struct MagnitudeThreshold: Hashable, Sendable {
    /// The bits of the smallest magnitude that is kept.
    let bits: UInt64
    /// Entries of exactly that magnitude are kept before this index of the tensor.
    let end: Int

    /// Whether the entry at an index of the tensor is among the largest.
    @inline(__always)
    func keeps(_ entry: Double, at index: Int) -> Bool {
        let bits = entry.magnitude.bitPattern
        return bits > self.bits || bits == self.bits && index < end
    }

    /// Above everything: keeps nothing.
    static let none = MagnitudeThreshold(bits: .max, end: 0)
    /// Below everything: keeps all entries.
    static let all = MagnitudeThreshold(bits: 0, end: .max)
}

/// Finds the threshold of the largest entries of a task vector without holding it.
///
/// The bits of a magnitude are taken as digits, the exponent first. A pass over the tensor counts
/// the first digit, which gives the digit of the threshold; the next pass counts the second digit
/// of the entries that have it; and so on. When few entries are left they are collected and sorted,
/// which is after two passes where magnitudes are spread as in trained models.
struct MagnitudeSearch {
    /// The tensor; the base is its first source.
    let pass: TensorPass
    /// The source whose task vector is looked at.
    let source: Int

    /// The lowest bit of each digit: the exponent's, then those of the fraction.
    private static let digits = [52, 41, 30, 20, 10, 0]
    private static let bucketCount = 1 << 11
    /// So many entries are collected rather than counted once more.
    private static let collected = 1 << 20

    /// The threshold of the `wanted` largest entries.
    ///
    /// - Parameter wanted: How many entries are kept, from 0 to all of them.
    /// - Returns: What keeps exactly so many.
    func threshold(ofLargest wanted: Int) -> MagnitudeThreshold {
        precondition(wanted >= 0 && wanted <= pass.count, "\(wanted) of \(pass.count) entries")
        if wanted == 0 { return .none }
        if wanted == pass.count { return .all }
        var prefix = Prefix(bits: 0, lowest: 64)
        var wanted = wanted
        for digit in Self.digits {
            let counts = histogram(of: digit, in: prefix)
            var bucket = Self.bucketCount - 1
            // Ends at bucket 0 or before: at least as many entries as are wanted were counted.
            while counts[bucket] < wanted {
                wanted -= counts[bucket]
                bucket -= 1
            }
            prefix = Prefix(bits: prefix.bits | UInt64(bucket) << digit, lowest: digit)
            if counts[bucket] == wanted {
                // All that have the digit are kept, so that the lowest of them is the threshold.
                return MagnitudeThreshold(bits: prefix.bits, end: .max)
            }
            if digit > 0, counts[bucket] <= Self.collected {
                return threshold(ofLargest: wanted, in: prefix, count: counts[bucket])
            }
        }
        // Every entry of the prefix has the same magnitude; the first ones are kept.
        return MagnitudeThreshold(bits: prefix.bits, end: end(of: wanted, in: prefix))
    }
}

extension MagnitudeSearch {
    /// The threshold at a known magnitude.
    ///
    /// - Parameters:
    ///   - bits: The magnitude.
    ///   - kept: How many of the entries that have it are kept, 1 or more.
    ///   - count: How many entries have it.
    /// - Returns: What keeps these, the first ones, and all larger entries.
    func threshold(at bits: UInt64, keeping kept: Int, of count: Int) -> MagnitudeThreshold {
        kept == count
            ? MagnitudeThreshold(bits: bits, end: .max)
            : MagnitudeThreshold(bits: bits, end: end(of: kept, in: Prefix(bits: bits, lowest: 0)))
    }

    /// The magnitudes whose upper bits, from `lowest` on, are those of `bits`.
    private struct Prefix {
        let bits: UInt64
        let lowest: Int

        @inline(__always)
        func contains(_ pattern: UInt64) -> Bool {
            // A shift by 64 would be no shift; nothing is known yet then.
            lowest == 64 || pattern >> UInt64(lowest) == bits >> UInt64(lowest)
        }
    }

    /// How many entries with a prefix have each value of a digit.
    private func histogram(of digit: Int, in prefix: Prefix) -> [Int] {
        let threads = pass.workspace.pool.threadCount
        let counts = WorkerSlots(repeating: 0, count: threads * Self.bucketCount)
        pass.forEachPart { part in
            let offset = part.number % threads * Self.bucketCount
            withUnsafeTemporaryAllocation(of: Int.self, capacity: Self.bucketCount) { own in
                own.initialize(repeating: 0)
                TaskVector.with(part.sources[source], from: part.sources[0]) { vector in
                    for index in 0..<vector.count {
                        let pattern = vector[index].magnitude.bitPattern
                        let isCounted = prefix.contains(pattern)
                        own[Int(pattern >> UInt64(digit)) & (Self.bucketCount - 1)] +=
                            isCounted ? 1 : 0
                    }
                }
                // A thread has its own counts, and works on one part at a time.
                for bucket in 0..<Self.bucketCount { counts[offset + bucket] += own[bucket] }
            }
        }
        return (0..<Self.bucketCount).map { bucket in
            (0..<threads).reduce(0) { $0 + counts[$1 * Self.bucketCount + bucket] }
        }
    }

    /// The threshold among the few entries that have a prefix.
    private func threshold(
        ofLargest wanted: Int,
        in prefix: Prefix,
        count: Int
    ) -> MagnitudeThreshold {
        let firsts = firstPlaces(in: prefix)
        let patterns = WorkerSlots(repeating: UInt64(0), count: count)
        let indices = WorkerSlots(repeating: 0, count: count)
        pass.forEachPart { part in
            var place = firsts[part.number]
            TaskVector.with(part.sources[source], from: part.sources[0]) { vector in
                for index in 0..<vector.count {
                    let pattern = vector[index].magnitude.bitPattern
                    guard prefix.contains(pattern) else { continue }
                    patterns[place] = pattern
                    indices[place] = part.place.offset + index
                    place += 1
                }
            }
        }
        let order = (0..<count).sorted {
            (patterns[$1], indices[$0]) < (patterns[$0], indices[$1])
        }
        let last = order[wanted - 1]
        return MagnitudeThreshold(bits: patterns[last], end: indices[last] + 1)
    }

    /// The index behind the `wanted`-th entry that has a prefix.
    private func end(of wanted: Int, in prefix: Prefix) -> Int {
        let firsts = firstPlaces(in: prefix)
        let ends = WorkerSlots(repeating: 0, count: max(1, firsts.count))
        pass.forEachPart { part in
            var place = firsts[part.number]
            guard place < wanted else { return }
            TaskVector.with(part.sources[source], from: part.sources[0]) { vector in
                for index in 0..<vector.count where place < wanted {
                    guard prefix.contains(vector[index].magnitude.bitPattern) else { continue }
                    place += 1
                    if place == wanted { ends[part.number] = part.place.offset + index + 1 }
                }
            }
        }
        return ends.reduce(into: 0) { $0 = max($0, $1) }
    }

    /// The number of entries with a prefix before each part.
    private func firstPlaces(in prefix: Prefix) -> [Int] {
        let counts = WorkerSlots(repeating: 0, count: pass.partCount())
        pass.forEachPart { part in
            counts[part.number] = TaskVector.with(part.sources[source], from: part.sources[0]) {
                vector in
                var count = 0
                for index in 0..<vector.count {
                    count += prefix.contains(vector[index].magnitude.bitPattern) ? 1 : 0
                }
                return count
            }
        }
        var next = 0
        return (0..<counts.count).map { part in
            defer { next += counts[part] }
            return next
        }
    }
}
