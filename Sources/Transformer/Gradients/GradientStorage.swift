import Kernels

/// The memory of the gradients of all threads.
///
/// Each thread of a small model has gradients of its own. A large model has one buffer for the
/// matrices, which the threads fill together (`GradientExchange`). Frozen weights with adapters
/// beside them have none: only their vectors, whose gradients come for nothing.
final class GradientStorage: Sendable {
    /// How the gradients of matrices are kept.
    enum Kind: Sendable {
        /// One buffer for each thread.
        case own
        /// One buffer for all threads.
        case shared
        /// No gradients of matrices.
        case none
    }

    let kind: Kind
    /// The gradients of each thread as views.
    let views: [ModelViews<MatrixView>]

    /// Buffers in the layout of the model: one for each thread, one, or none.
    private let whole: [SharedBuffer]
    /// The vectors of the threads that have no buffer of their own.
    private let vectors: [SharedBuffer]
    private let places: VectorPlaces
    private let vectorRanges: [Range<Int>]
    /// What is cleared and added up, in short runs: nothing else is ever written.
    private let runs: [Range<Int>]
    /// The same, and the vectors, by the section of the layout.
    private let sections: [(runs: [Range<Int>], vectors: [Range<Int>])]
    private let empty: SharedBuffer

    /// - Parameters:
    ///   - model: Gives the shape.
    ///   - kind: How the gradients of matrices are kept.
    ///   - threads: Threads.
    ///   - trained: The tensors whose gradients are asked for; nil for all.
    init(
        _ model: TransformerModel,
        kind: Kind,
        threads: Int,
        trained: [ParameterLayout.Entry]?
    ) {
        self.kind = kind
        let layout = model.layout
        let places = VectorPlaces(layout)
        let wholeCount =
            switch kind {
            case .own: threads
            case .shared: 1
            case .none: 0
            }
        // Pages that nothing is written to take no memory.
        let whole = (0..<wholeCount).map { _ in SharedBuffer(count: layout.elementCount) }
        let vectors = (wholeCount..<threads).map { _ in SharedBuffer(count: places.count) }
        self.whole = whole
        self.vectors = vectors
        self.places = places
        let vectorRanges = layout.entries.filter { !$0.role.isMatrix }.map(\.range)
        self.vectorRanges = vectorRanges
        let written = Self.writtenRanges(layout, trained)
        sections = layout.sections.map { section in
            (
                written.map { $0.clamped(to: section) }.filter { !$0.isEmpty },
                vectorRanges.filter { section.contains($0.lowerBound) }
            )
        }
        runs = written.flatMap { range in
            stride(from: range.lowerBound, to: range.upperBound, by: Self.runLength).map {
                $0..<min($0 + Self.runLength, range.upperBound)
            }
        }
        let nothing = SharedBuffer(count: 0)
        views = (0..<threads).map { thread in
            ModelViews(
                layout: layout,
                configuration: model.configuration,
                matrix: { range, rows, columns in
                    guard kind != .none else {
                        return MatrixView(nothing.view, rows: 0, columns: columns)
                    }
                    let buffer = whole[kind == .shared ? 0 : thread]
                    return MatrixView(buffer.view[range], rows: rows, columns: columns)
                },
                vector: { range in
                    thread < wholeCount
                        ? whole[thread].view[range]
                        : vectors[thread - wholeCount].view[places(range)]
                }
            )
        }
        empty = nothing
    }

    /// The gradients in the layout of the model; without elements where there are none of matrices.
    var gradients: FloatView { whole.first?.view ?? empty.view }

    /// Bytes that clearing touches, and so takes.
    var byteCount: Int {
        4
            * (whole.count * runs.reduce(0) { $0 + $1.count }
                + vectors.reduce(0) { $0 + $1.view.count })
    }

    /// Vectors, which each backward pass writes, and the matrices that are asked for, which
    /// products write together with those that follow them.
    private static func writtenRanges(
        _ layout: ParameterLayout,
        _ trained: [ParameterLayout.Entry]?
    ) -> [Range<Int>] {
        guard let trained else { return [0..<layout.elementCount] }
        let asked = Set(trained.map(\.range))
        let groups: [[ParameterRole]] = [[.query, .key, .value], [.gate, .up]]
        let ranges = layout.entries.filter { entry in
            guard entry.role.isMatrix, !asked.contains(entry.range) else { return true }
            let group = groups.first { $0.contains(entry.role) } ?? []
            return trained.contains { $0.layer == entry.layer && group.contains($0.role) }
        }.map(\.range)
        return ranges.reduce(into: []) { merged, range in
            if let last = merged.last, last.upperBound == range.lowerBound {
                merged[merged.count - 1] = last.lowerBound..<range.upperBound
            } else {
                merged.append(range)
            }
        }
    }

    /// Elements that one piece of work covers; fixed, so that no sum depends on threads.
    private static let runLength = 1 << 14

    /// Sets all gradients to zero.
    func clear(on pool: WorkerPool) {
        pool.performPrepared(count: runs.count * whole.count) { [self] in clearPiece($0) }
        for buffer in vectors { buffer.view.fill(0) }
    }

    private func clearPiece(_ piece: Int) {
        whole[piece / runs.count].view[runs[piece % runs.count]].fill(0)
    }

    /// Adds the gradients of the other threads to those of the first, in the order of threads.
    func reduce(on pool: WorkerPool) {
        if whole.count > 1 {
            pool.performPrepared(count: runs.count) { [self] in reducePiece($0) }
        }
        guard let first = whole.first else { return }
        for other in vectors {
            for range in vectorRanges {
                Elementwise.add(other.view[places(range)], to: first.view[range])
            }
        }
    }

    /// Adds up the threads' gradients of one section of the layout, on this thread alone.
    func reduce(section: Int) {
        guard let first = whole.first else { return }
        for other in whole.dropFirst() {
            for run in sections[section].runs {
                Elementwise.add(other.view[run], to: first.view[run])
            }
        }
        for other in vectors {
            for range in sections[section].vectors {
                Elementwise.add(other.view[places(range)], to: first.view[range])
            }
        }
    }

    private func reducePiece(_ piece: Int) {
        for other in whole.dropFirst() {
            Elementwise.add(other.view[runs[piece]], to: whole[0].view[runs[piece]])
        }
    }
}
