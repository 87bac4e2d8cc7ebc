import Kernels

/// The same tensor of several models, gone through in parts on all threads.
package struct TensorPass: Sendable {
    /// The name of the tensor.
    let name: String
    /// The sizes of the tensor, outermost first.
    let shape: [Int]
    /// The tensor in each model.
    let sources: [SourceTensor]
    /// The threads.
    let workspace: MergeWorkspace

    /// What looks at every element on the way; nil where that has been done.
    let finite: FiniteCheck?

    /// The number of elements.
    let count: Int

    /// A part of the tensor, while it is worked on; none of its views may be kept.
    package struct Part {
        /// Where it stands.
        package let place: TensorPart
        /// Its number, from 0.
        let number: Int
        /// Its elements in every model.
        package let sources: [FloatView]
        /// As many elements for what is made of them.
        package let room: FloatView
    }

    /// Describes a tensor of several models.
    ///
    /// - Parameters:
    ///   - name: The name of the tensor.
    ///   - shape: Its extents.
    ///   - sources: The tensor in each model.
    ///   - workspace: Memory and threads.
    ///   - finite: Looks for elements that are not finite in the first pass; nil for none.
    /// - Precondition: all sources have as many elements as the shape says.
    package init(
        of name: String,
        shape: [Int],
        sources: [SourceTensor],
        workspace: MergeWorkspace,
        finite: FiniteCheck? = nil
    ) {
        self.finite = finite
        self.name = name
        self.shape = shape
        self.sources = sources
        self.workspace = workspace
        count = shape.reduce(1, *)
        precondition(sources.allSatisfy { $0.count == count }, "sources of one length")
    }

    /// The length of a row: the innermost extent.
    var rowLength: Int { shape.last ?? 1 }

    /// Goes through the tensor once.
    ///
    /// - Parameters:
    ///   - rows: Whether parts hold whole rows.
    ///   - body: Takes a part. Parts are worked on at the same time, so that it may write only
    ///     what belongs to its part. What is not finite is reported to `finite`.
    /// - Throws: The error of the first part of the tensor for which `body` throws, whatever the
    ///   number of threads; parts behind it may be left out.
    package func forEachPart<Failure: Error>(
        rows: Bool = false,
        _ body: (Part) throws(Failure) -> Void
    ) throws(Failure) {
        let length = MergeWorkspace.partLength(ofRows: rows ? rowLength : nil)
        let partCount = partCount(rows: rows)
        let room = min(length, count)
        let threads = min(workspace.pool.threadCount, partCount)
        // A worker has every part of one remainder, and so this memory for itself.
        let width = room * (sources.count + 1)
        let scratch = FloatBuffer(count: threads * width)
        let memory = scratch.view
        let check = finite.flatMap { $0.isDone ? nil : $0 }
        defer { check?.finish() }
        try workspace.pool.performThrowing(count: partCount) { number throws(Failure) in
            let own = number % threads * width
            func slot(_ index: Int, _ count: Int) -> FloatView {
                memory[own + index * room..<own + index * room + count]
            }
            let start = number * length
            let range = start..<min(count, start + length)
            let views = sources.enumerated().map { index, source in
                source.floats(range, scratch: slot(index + 1, range.count))
            }
            check?.look(at: views, from: start)
            try body(
                Part(
                    place: TensorPart(of: name, from: start),
                    number: number,
                    sources: views,
                    room: slot(0, range.count)
                )
            )
        }
        withExtendedLifetime(scratch) {}
    }

    /// How many parts `forEachPart` makes.
    func partCount(rows: Bool = false) -> Int {
        let length = MergeWorkspace.partLength(ofRows: rows ? rowLength : nil)
        return (count + length - 1) / length
    }

    /// Sums over all elements, several at once, in `Double`.
    ///
    /// - Parameters:
    ///   - width: How many sums.
    ///   - body: Returns what the same part of each source contributes to each.
    /// - Returns: The sums.
    package func sums(_ width: Int, _ body: (_ sources: [FloatView]) -> [Double]) -> [Double] {
        partSums(width) { body($0.sources) }
    }

    /// Sums over all elements, several at once, in `Double`.
    ///
    /// Parts are summed for themselves and their sums added in the order of the parts, so that the
    /// result does not depend on the threads.
    ///
    /// - Parameters:
    ///   - width: How many sums.
    ///   - rows: Whether parts hold whole rows.
    ///   - body: Returns what a part contributes to each.
    /// - Returns: The sums.
    func partSums(
        _ width: Int,
        rows: Bool = false,
        _ body: (Part) -> [Double]
    ) -> [Double] {
        let partCount = partCount(rows: rows)
        let slots = WorkerSlots(repeating: 0.0, count: partCount * width)
        forEachPart(rows: rows) { part in
            for (index, sum) in body(part).enumerated() {
                slots[part.number * width + index] = sum
            }
        }
        return (0..<width).map { index in
            (0..<partCount).reduce(0) { $0 + slots[$1 * width + index] }
        }
    }
}
