/// Joins the symbols of one word by the merges of a model: always the earliest merge, and of equal
/// ones the leftmost.
struct SymbolMerger {
    /// The tokens of the word: first of its characters, then what they became.
    var symbols: [Int32] = []

    private var results: [UInt64] = []
    private var previous: [Int32] = []
    private var next: [Int32] = []
    private var heap = MergeHeap()

    /// The longest word whose merges are looked for one by one; longer ones have a heap.
    private static let longestScan = 40

    /// Merges until nothing can be merged.
    mutating func merge(with merges: MergeTable) {
        guard symbols.count > 1 else { return }
        if symbols.count <= Self.longestScan { scan(merges) } else { mergeByHeap(merges) }
    }

    private mutating func scan(_ merges: MergeTable) {
        results.removeAll(keepingCapacity: true)
        for index in 0..<symbols.count - 1 {
            results.append(merges.result(symbols[index], symbols[index + 1]))
        }
        while true {
            var best = MergeTable.none
            var place = 0
            for index in results.indices where results[index] < best {
                (best, place) = (results[index], index)
            }
            guard best != MergeTable.none else { return }
            symbols[place] = Int32(truncatingIfNeeded: best)
            symbols.remove(at: place + 1)
            results.remove(at: place)
            if place < results.count {
                results[place] = merges.result(symbols[place], symbols[place + 1])
            }
            if place > 0 { results[place - 1] = merges.result(symbols[place - 1], symbols[place]) }
        }
    }

    /// A list that is linked both ways, and the possible merges in a heap; entries that a merge has
    /// made void are known by their token.
    private mutating func mergeByHeap(_ merges: MergeTable) {
        let count = Int32(symbols.count)
        previous = (0..<count).map { $0 - 1 }
        next = (0..<count).map { $0 + 1 < count ? $0 + 1 : -1 }
        heap.removeAll()
        for index in 0..<symbols.count - 1 { push(at: Int32(index), merges) }
        while let (result, place) = heap.pop() {
            let left = Int(place)
            guard symbols[left] >= 0, next[left] >= 0 else { continue }
            let right = Int(next[left])
            let current = merges.result(symbols[left], symbols[right])
            guard current != MergeTable.none,
                UInt32(truncatingIfNeeded: current) == UInt32(truncatingIfNeeded: result)
            else { continue }
            symbols[left] = Int32(truncatingIfNeeded: result)
            symbols[right] = -1
            next[left] = next[right]
            if next[left] >= 0 { previous[Int(next[left])] = place }
            if previous[left] >= 0 { push(at: previous[left], merges) }
            push(at: place, merges)
        }
        symbols.removeAll { $0 < 0 }
    }

    private mutating func push(at place: Int32, _ merges: MergeTable) {
        guard next[Int(place)] >= 0 else { return }
        let result = merges.result(symbols[Int(place)], symbols[Int(next[Int(place)])])
        if result != MergeTable.none { heap.push(result, place) }
    }
}

/// Possible merges, the earliest first, of equal ones the leftmost.
private struct MergeHeap {
    private var entries: [(result: UInt64, place: Int32)] = []

    mutating func removeAll() { entries.removeAll(keepingCapacity: true) }

    private static func precedes(
        _ first: (result: UInt64, place: Int32),
        _ second: (result: UInt64, place: Int32)
    ) -> Bool {
        first.result == second.result
            ? first.place < second.place : first.result < second.result
    }

    mutating func push(_ result: UInt64, _ place: Int32) {
        entries.append((result, place))
        var child = entries.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard Self.precedes(entries[child], entries[parent]) else { return }
            entries.swapAt(child, parent)
            child = parent
        }
    }

    mutating func pop() -> (result: UInt64, place: Int32)? {
        guard let first = entries.first, let last = entries.popLast() else { return nil }
        guard !entries.isEmpty else { return first }
        entries[0] = last
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < entries.count && Self.precedes(entries[child], entries[least]) {
                least = child
            }
            guard least != parent else { return first }
            entries.swapAt(parent, least)
            parent = least
        }
    }
}
