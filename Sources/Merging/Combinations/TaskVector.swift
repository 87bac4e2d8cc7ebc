import Kernels

/// What fine-tuning changed in a tensor: τ = θ − θ_0, element by element in `Double`.
struct TaskVector {
    private let model: UnsafeBufferPointer<Float>
    private let base: UnsafeBufferPointer<Float>

    /// The number of entries.
    var count: Int { model.count }

    /// One entry; the index is not checked in release builds.
    @inline(__always)
    subscript(index: Int) -> Double { Double(model[index]) - Double(base[index]) }

    /// Calls `body` with the task vector of a model.
    ///
    /// - Precondition: both views have one length.
    static func with<Result>(
        _ model: FloatView,
        from base: FloatView,
        _ body: (TaskVector) -> Result
    ) -> Result {
        model.withFloats { model in base.withFloats { body(TaskVector(model: model, base: $0)) } }
    }

    /// θ_0 + λ δ rounded to `Float`; where λ δ is zero, θ_0 to the bit, a zero's sign included.
    static func add(
        _ deltas: UnsafeMutableBufferPointer<Double>,
        times lambda: Double,
        to base: FloatView,
        into output: FloatView
    ) {
        base.withFloats { base in
            output.withMutableFloats { output in
                for i in 0..<output.count {
                    let change = lambda * deltas[i]
                    output[i] = change == 0 ? base[i] : Float(Double(base[i]) + change)
                }
            }
        }
    }
}

extension TaskArithmetic {
    /// Computes θ_0 + λ Σ w_i τ_i; the base is the first source.
    func apply(_ sources: [FloatView], into output: FloatView) {
        ElementBlock.forEach(of: output.count) { range, sums in
            let base = sources[0][range]
            sums.update(repeating: 0)
            for (source, term) in zip(sources.dropFirst(), terms) {
                TaskVector.with(source[range], from: base) { vector in
                    for i in 0..<vector.count { sums[i] += term.weight * vector[i] }
                }
            }
            TaskVector.add(sums, times: lambda, to: base, into: output[range])
        }
    }
}

extension DARE {
    /// Computes θ_0 + λ Σ w_i m_i τ_i / p with m_i drawn for each entry; the base is the first
    /// source.
    ///
    /// Each block of a tensor has its own stream of chance, and each entry the number at its place
    /// in the block. So an entry does not depend on how the tensor is cut in parts.
    func apply(_ sources: [FloatView], into output: FloatView, part: TensorPart) {
        ElementBlock.forEach(of: output.count, from: part.offset) { range, sums in
            let base = sources[0][range]
            let (block, skipped) = (part.offset + range.lowerBound).quotientAndRemainder(
                dividingBy: ElementBlock.length
            )
            sums.update(repeating: 0)
            for (source, term) in zip(sources.dropFirst(), terms) {
                var chance = SeededGenerator(
                    seed: seed,
                    stream: "DARE, \(part.tensor), \(term.input)",
                    indices: block
                )
                for _ in 0..<skipped { _ = chance.next() }
                TaskVector.with(source[range], from: base) { vector in
                    for i in 0..<vector.count {
                        // A choice of numbers and no branch, which chance would make dear.
                        let step = term.weight * (vector[i] / density)
                        sums[i] += chance.uniform() < density ? step : 0
                    }
                }
            }
            TaskVector.add(sums, times: lambda, to: base, into: output[range])
        }
    }
}
