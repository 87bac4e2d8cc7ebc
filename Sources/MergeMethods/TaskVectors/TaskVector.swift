import Kernels

/// What fine-tuning changed in some elements of a tensor: τ = θ − θ_0, in `Double`.
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
        precondition(model.count == base.count, "\(model.count) and \(base.count) elements")
        return model.withFloats { model in
            base.withFloats { body(TaskVector(model: model, base: $0)) }
        }
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
