import Foundation
import Kernels

/// The changes of a model that matter most (mergekit's `arcee_fusion`).
///
/// The importance of an entry is its change, times how far the softmax of its row has moved:
///
///     I = |τ| · Σ p log(p / q),  p = softmax(θ row) + 10⁻⁸,  q = softmax(θ_0 row) + 10⁻⁸
///
/// Entries with I of at least median + 1.5 (q_3 − q_1) of the tensor are those of the model, all
/// others those of the base. Quartiles are exact; mergekit draws them from a sample in tensors of
/// more than a million entries. A tensor with one extent is one row.
package struct ArceeFusion: TensorwiseMethod {
    /// The model.
    package var model: String

    /// A merge of a model into its base.
    package init(_ model: String) { self.model = model }

    var inputs: [String] { [ModelPart.base.name, model] }

    var readsBase: Bool { true }

    var formula: String { "\(ModelPart.base.name) + the changes of \(model) that matter most" }

    var source: MergeSource { .combine(.tensorwise(.arceeFusion(self))) }

    func check() throws(TensorwiseError) {
        guard model != ModelPart.base.name else { throw .base }
    }

    func prepare(_ pass: TensorPass) -> PreparedCombination {
        let rowLength = max(1, pass.rowLength)
        let moved = WorkerSlots(repeating: 0.0, count: max(1, pass.count / rowLength))
        pass.forEachPart(rows: true) { part in
            for start in stride(from: 0, to: part.room.count, by: rowLength) {
                let range = start..<min(part.room.count, start + rowLength)
                moved[(part.place.offset + start) / rowLength] = Self.divergence(
                    part.sources[1][range],
                    part.sources[0][range]
                )
            }
        }
        let rows = (0..<moved.count).map { moved[$0] }
        var prepared = PreparedFusion(rows: rows, rowLength: rowLength, threshold: 0)
        let quartiles = Self.quartiles(
            pass.computed { [prepared] sources, range, output in
                for i in 0..<output.count {
                    output[i] = prepared.importance(sources, i, at: range.lowerBound + i)
                }
            }
        )
        prepared.threshold = quartiles[1] + 1.5 * (quartiles[2] - quartiles[0])
        return .parts(prepared)
    }

    /// How far the softmax of a row has moved.
    private static func divergence(_ model: FloatView, _ base: FloatView) -> Double {
        let small = 1e-8
        func top(_ row: FloatView) -> Double {
            (0..<row.count).reduce(-Double.infinity) { max($0, Double(row[$1])) }
        }
        let tops = (top(model), top(base))
        var sums = (0.0, 0.0)
        for i in 0..<model.count {
            sums.0 += exp(Double(model[i]) - tops.0)
            sums.1 += exp(Double(base[i]) - tops.1)
        }
        var sum = 0.0
        for i in 0..<model.count {
            let p = exp(Double(model[i]) - tops.0) / sums.0 + small
            let q = exp(Double(base[i]) - tops.1) / sums.1 + small
            sum += p * log(p / q)
        }
        // Rounding aside it is never below zero.
        return max(sum, 0)
    }

    /// The values a quarter, half and three quarters up the order of a tensor's numbers.
    private static func quartiles(_ pass: TensorPass) -> [Float] {
        guard pass.count > 0 else { return [0, 0, 0] }
        let places = [0.25, 0.5, 0.75].map { Int($0 * Double(pass.count - 1)) }
        let thresholds = MagnitudeBracket(pass: pass).thresholds(
            places.map { ThresholdQuery(source: 1, wanted: pass.count - $0) }
        )
        let found = WorkerSlots(
            repeating: Float.infinity,
            count: pass.partCount() * thresholds.count
        )
        pass.forEachPart { part in
            let numbers = part.sources[1]
            for (index, threshold) in thresholds.enumerated() {
                var smallest = Float.infinity
                for i in 0..<numbers.count
                where threshold.keeps(Double(numbers[i]), at: part.place.offset + i) {
                    smallest = min(smallest, numbers[i])
                }
                found[part.number * thresholds.count + index] = smallest
            }
        }
        return thresholds.indices.map { index in
            (0..<pass.partCount()).reduce(Float.infinity) {
                min($0, found[$1 * thresholds.count + index])
            }
        }
    }
}

/// The fusion with what is known about the whole tensor.
struct PreparedFusion: PreparedPart {
    /// How far the softmax of each row has moved.
    let rows: [Double]
    let rowLength: Int
    /// The importance from which on entries are those of the model.
    var threshold: Float

    var needsRows: Bool { false }

    /// The importance of an entry of the tensor.
    @inline(__always)
    func importance(_ sources: [FloatView], _ index: Int, at place: Int) -> Float {
        let change = Double(sources[1][index]) - Double(sources[0][index])
        return Float(change.magnitude * rows[place / rowLength])
    }

    func apply(_ sources: [FloatView], into output: FloatView, part: TensorPart) {
        for i in 0..<output.count {
            let importance = importance(sources, i, at: part.offset + i)
            // Not a number is not below the threshold either, and is to be seen.
            let value = importance < threshold ? sources[0][i] : sources[1][i]
            output[i] = sources[0][i].isFinite ? value : sources[0][i]
        }
    }
}
