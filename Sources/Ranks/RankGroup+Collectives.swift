import COpenMPI
import Foundation
import Kernels

/// What all ranks do together: every rank calls the same methods in the same order, from one thread
/// at a time.
///
/// The library works within its calls alone, and its own waiting would keep a core busy. A thread
/// that adds up gradients beside one that computes sleeps a little between its looks. One that has
/// nothing else to do looks on at once, unless another thread wants the core, and sleeps only when
/// it takes long.
extension RankGroup {
    /// Sends each rank its span of a buffer, and receives this rank's span from each.
    ///
    /// - Parameters:
    ///   - buffer: What this rank has; it stays as it is.
    ///   - spans: One a rank, the same everywhere.
    ///   - received: Gets what each rank has of this rank's span, one after the other by rank.
    ///   - whileWaiting: Called from time to time; what it throws ends the waiting, after which
    ///     nothing more can be done together.
    /// - Throws: `Failure`, what `whileWaiting` throws.
    package func distribute(
        _ buffer: FloatView,
        spans: [Range<Int>],
        into received: FloatView,
        whileWaiting: () throws -> Void
    ) throws {
        let own = spans[rank].count
        precondition(spans.count == count && received.count >= own * count, "a span for each rank")
        let layout = SpanLayout(spans)
        let incoming = SpanLayout((0..<count).map { ($0 * own)..<(($0 + 1) * own) })
        let whole = buffer[layout.extent]
        try layout.withArrays { counts, places in
            try incoming.withArrays { ownCounts, ownPlaces in
                try finish("adding gradients", .beside, whileWaiting) { request in
                    openmpi_begin_distribute(
                        whole.base,
                        counts,
                        places,
                        received.base,
                        ownCounts,
                        ownPlaces,
                        request
                    )
                }
            }
        }
    }

    /// Completes a buffer of which every rank has its span.
    ///
    /// - Parameters:
    ///   - buffer: Overwritten in the spans of the others.
    ///   - spans: One a rank, the same everywhere.
    ///   - whileWaiting: Called from time to time; what it throws ends the waiting, after which
    ///     nothing more can be done together.
    /// - Throws: `Failure`, what `whileWaiting` throws.
    package func collect(
        _ buffer: FloatView,
        spans: [Range<Int>],
        whileWaiting: () throws -> Void
    ) throws {
        precondition(spans.count == count, "a span for each rank")
        let layout = SpanLayout(spans)
        let whole = buffer[layout.extent]
        try layout.withArrays { counts, places in
            try finish("sharing parameters", .alone, whileWaiting) { request in
                openmpi_begin_collect(whole.base, counts, places, request)
            }
        }
    }

    /// Shows every rank the numbers of all.
    ///
    /// - Parameters:
    ///   - numbers: As many at every rank.
    ///   - whileWaiting: Called from time to time; what it throws ends the waiting, after which
    ///     nothing more can be done together.
    /// - Returns: The numbers of all ranks, one after the other by rank.
    /// - Throws: `Failure`, what `whileWaiting` throws.
    package func collect(
        _ numbers: [Double],
        whileWaiting: () throws -> Void
    ) throws -> [Double] {
        var all = [Double](repeating: 0, count: numbers.count * count)
        try numbers.withUnsafeBufferPointer { own in
            try all.withUnsafeMutableBufferPointer { all in
                try finish("agreeing", .alone, whileWaiting) { request in
                    openmpi_begin_collect_numbers(
                        own.baseAddress,
                        Int32(own.count),
                        all.baseAddress,
                        request
                    )
                }
            }
        }
        return all
    }

    /// How a thread waits.
    private enum Waiting {
        /// Others compute meanwhile: seldom.
        case beside
        /// It has nothing else to do: at once, for a fifth of a second.
        case alone

        /// How often a thread looks before it begins to sleep.
        var eagerLooks: Int { self == .beside ? 200 : .max }
        /// How long it looks before that.
        var eagerTime: Duration { self == .beside ? .seconds(1) : .milliseconds(200) }
    }

    /// How long a thread sleeps between two looks, in microseconds: little beside the way of a
    /// bucket of gradients, and enough to leave the core to others.
    private static let sleep: UInt32 = 30
    /// Looks between two calls of what is to be done while waiting.
    private static let looksBetweenCalls = 256

    private func finish(
        _ call: String,
        _ waiting: Waiting,
        _ whileWaiting: () throws -> Void,
        _ begin: (UnsafeMutablePointer<openmpi_request>) -> Int32
    ) throws {
        var request = openmpi_request()
        try Self.check(begin(&request), call)
        var isDone: Int32 = 0
        var looks = 0
        var sleeps = false
        let start = ContinuousClock.now
        while true {
            try Self.check(openmpi_test(&request, &isDone), call)
            if isDone != 0 { return }
            looks += 1
            if sleeps { usleep(Self.sleep) } else { sched_yield() }
            guard looks % Self.looksBetweenCalls == 0 || looks == waiting.eagerLooks else {
                continue
            }
            sleeps = looks >= waiting.eagerLooks || start.duration(to: .now) > waiting.eagerTime
            try whileWaiting()
        }
    }
}

/// Spans of a buffer as the library wants them: by count and place, from the first element on.
private struct SpanLayout {
    let extent: Range<Int>
    private let counts: [Int32]
    private let places: [Int32]

    init(_ spans: [Range<Int>]) {
        let filled = spans.filter { !$0.isEmpty }
        let start = filled.map(\.lowerBound).min() ?? 0
        extent = start..<(filled.map(\.upperBound).max() ?? start)
        counts = spans.map { Int32($0.count) }
        places = spans.map { $0.isEmpty ? 0 : Int32($0.lowerBound - start) }
    }

    func withArrays(
        _ body: (UnsafePointer<Int32>?, UnsafePointer<Int32>?) throws -> Void
    ) throws {
        try counts.withUnsafeBufferPointer { counts in
            try places.withUnsafeBufferPointer { try body(counts.baseAddress, $0.baseAddress) }
        }
    }
}
