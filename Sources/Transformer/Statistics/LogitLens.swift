import Kernels

/// Looks at streams through the final norm and the output head; one thread's.
final class LogitLens {
    private let inference: InferenceModel
    private let pass: InferencePass
    private let normalized: SharedBuffer
    private let inverseRMS: SharedBuffer
    private let rows: Int

    init(_ inference: InferenceModel, _ pass: InferencePass, rows: Int) {
        self.inference = inference
        self.pass = pass
        self.rows = rows
        normalized = SharedBuffer(count: rows * inference.configuration.modelWidth)
        inverseRMS = SharedBuffer(count: rows)
    }

    /// The most probable token of each row at a place.
    ///
    /// - Throws: `ModelNumberError` when a logit is not finite.
    func tokens(of stream: MatrixView, at place: Int) throws -> [Int32] {
        var tokens = [Int32](repeating: 0, count: rows)
        try forEachLogits(of: stream, rows: Array(0..<rows), at: place) { index, logits in
            tokens[index] = TokenSampler.largest(logits)
        }
        return tokens
    }

    /// Gives the logits of some rows of a stream at a place, row by row, with the index of the row
    /// among those that were chosen.
    ///
    /// - Throws: `ModelNumberError` when a logit is not finite.
    func forEachLogits(
        of stream: MatrixView,
        rows chosen: [Int],
        at place: Int,
        _ body: (_ index: Int, FloatView) -> Void
    ) throws {
        let narrow = MatrixView(normalized.view, rows: rows, columns: stream.columns)
        RMSNorm.forward(
            input: stream,
            gain: inference.finalNorm,
            offset: inference.configuration.blockRules.gainOffset,
            epsilon: inference.configuration.blockRules.epsilon,
            output: narrow,
            inverseRMS: inverseRMS.view
        )
        try pass.forEachLogits(of: chosen, in: narrow) { index in
            "the state at place \(place), row \(chosen[index] + 1) of its batch,"
        } _: { range, logits in
            for index in range { body(index, logits.row(index - range.lowerBound)) }
        }
    }
}
