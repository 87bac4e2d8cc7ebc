import Kernels

extension TensorPass {
    /// ⟨x_i, x_j⟩ of all pairs of models, row by row.
    ///
    /// - Parameter fromBase: Whether x_i are the changes of the models from the first source, and
    ///   not the sources themselves.
    /// - Returns: A symmetric matrix.
    func products(fromBase: Bool) -> [Double] {
        let first = fromBase ? 1 : 0
        let count = sources.count - first
        let pairs = (0..<count).flatMap { i in (i..<count).map { (i, $0) } }
        let upper = sums(pairs.count) { sources in
            pairs.map { i, j in
                fromBase
                    ? TaskVector.product(sources[i + 1], sources[j + 1], from: sources[0])
                    : TensorCombination.product(sources[i], sources[j])
            }
        }
        var products = [Double](repeating: 0, count: count * count)
        for (pair, value) in zip(pairs, upper) {
            products[pair.0 * count + pair.1] = value
            products[pair.1 * count + pair.0] = value
        }
        return products
    }

    /// The products of each column of two models.
    ///
    /// - Parameter fromBase: Whether the columns are those of the changes from the first source.
    /// - Returns: One entry for each column.
    func columnProducts(fromBase: Bool) -> [VectorProducts] {
        let width = max(1, rowLength)
        let rows = count / width
        let slots = WorkerSlots(repeating: VectorProducts(), count: width)
        let block = ElementBlock.length
        workspace.pool.perform(count: (width + block - 1) / block) { piece in
            let start = piece * block
            let columns = start..<min(width, start + block)
            let scratch = FloatBuffer(count: sources.count * columns.count)
            for row in 0..<rows {
                let range = row * width + columns.lowerBound..<row * width + columns.upperBound
                let views = sources.enumerated().map { index, source in
                    source.floats(
                        range,
                        scratch: scratch.view[
                            index * columns.count..<(index + 1) * columns.count
                        ]
                    )
                }
                let first = fromBase ? 1 : 0
                for i in 0..<columns.count {
                    let origin = fromBase ? Double(views[0][i]) : 0
                    slots[start + i].add(
                        Double(views[first][i]) - origin,
                        Double(views[first + 1][i]) - origin
                    )
                }
            }
            withExtendedLifetime(scratch) {}
        }
        return (0..<width).map { slots[$0] }
    }

    /// A tensor of the same shape whose numbers follow from those of this one, behind one of zeros:
    /// its task vector are these numbers, so that the largest of them can be found.
    ///
    /// - Parameter compute: Writes the numbers of a range, given that of each source.
    /// - Returns: The tensor, as long as this one is there.
    func computed(
        _ compute: @escaping @Sendable ([FloatView], Range<Int>, FloatView) -> Void
    ) -> TensorPass {
        let sources = sources
        let zeros = SourceTensor.computed(count: count) { _, output in output.fill(0) }
        let numbers = SourceTensor.computed(count: count) { range, output in
            let scratch = FloatBuffer(count: sources.count * range.count)
            let views = sources.enumerated().map { index, source in
                source.floats(
                    range,
                    scratch: scratch.view[index * range.count..<(index + 1) * range.count]
                )
            }
            compute(views, range, output)
            withExtendedLifetime(scratch) {}
        }
        return TensorPass(
            of: name,
            shape: shape,
            sources: [zeros, numbers],
            workspace: workspace
        )
    }
}
