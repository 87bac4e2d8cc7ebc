import Checkpointing
import Foundation
import Kernels

/// One tensor of three checkpoints, measured.
struct MeasuredTensor {
    let record: ChangeRecord.Tensor
    let language: RowSums
    let math: RowSums
    /// ⟨Δ_language, Δ_math⟩.
    let product: Double

    /// - Parameters:
    ///   - tensor: Name and shape.
    ///   - collections: Base, language expert and math expert.
    ///   - analysis: What is asked for.
    /// - Throws: The errors of reading, `AnalysisError.notFinite`.
    init(
        _ tensor: TensorDescription,
        in collections: [TensorCollection],
        by analysis: ChangeAnalysis
    ) throws {
        let buffers = try collections.map { collection in
            let buffer = SharedBuffer(count: tensor.elementCount)
            try collection.readFloats(of: tensor.name, into: buffer.view)
            collection.releasePages(of: tensor.name)
            return buffer
        }
        // A vector is a matrix of one column: its rows are its entries.
        let isMatrix = tensor.shape.count > 1
        let columns = isMatrix ? tensor.shape.last ?? 1 : 1
        let rows = columns > 0 ? tensor.elementCount / columns : 0
        let views = buffers.map { MatrixView($0.view, rows: rows, columns: columns) }
        let changes = [1, 2].map { MatrixChange(replacing: views[$0], by: views[0]) }
        for (change, collection) in zip(changes, collections.dropFirst())
        where !(change.squares + change.baseSquares).isFinite {
            throw AnalysisError.notFinite(
                name: tensor.name,
                path: collection.url.path(percentEncoded: false)
            )
        }
        let agreement = MatrixChange.Agreement(buffers[1].view, buffers[2].view)
        language = RowSums(changes[0])
        math = RowSums(changes[1])
        product = agreement.product
        let count = Double(max(1, tensor.elementCount))
        let scale = changes[0].baseMagnitude / count
        func expert(_ place: Int, _ sums: RowSums) -> ChangeRecord.ExpertChange {
            let change = changes[place]
            func shares(_ sums: [Double], length: Int) -> [Double] {
                analysis.thresholds.map { threshold in
                    let border = threshold * scale * Double(length)
                    return Double(sums.count { $0 > border }) / Double(max(1, sums.count))
                }
            }
            return ChangeRecord.ExpertChange(
                meanAbsolute: sums.meanAbsolute,
                relativeMagnitude: change.baseMagnitude > 0
                    ? change.rows.reduce(0, +) / change.baseMagnitude : nil,
                relativeNorm: sums.relativeNorm,
                rowsAbove: shares(change.rows, length: columns),
                columnsAbove: isMatrix ? shares(change.columns, length: rows) : nil,
                effectiveRank: isMatrix && analysis.findsRanks
                    ? Self.effectiveRank(of: views[place + 1]) : nil
            )
        }
        record = ChangeRecord.Tensor(
            name: TensorName(tensor.name),
            shape: tensor.shape,
            baseMagnitude: scale,
            language: expert(0, language),
            math: expert(1, math),
            cosine: RowSums.cosine(language, math, product: product),
            signAgreement: agreement.changed > 0
                ? Double(agreement.sameSign) / Double(agreement.changed) : nil
        )
        withExtendedLifetime(buffers) {}
    }

    /// exp of the entropy of the singular values' shares; 0 for a matrix of zeros.
    static func effectiveRank(of matrix: MatrixView) -> Double {
        let gram = GramMatrix(size: min(matrix.rows, matrix.columns))
        if matrix.columns <= matrix.rows {
            gram.add(rowsOf: matrix)
        } else {
            gram.add(columnsOf: matrix)
        }
        let values = gram.eigenvalues().map { $0.squareRoot() }
        let total = values.reduce(0, +)
        guard total > 0 else { return 0 }
        let entropy = values.reduce(0.0) { sum, value in
            let share = value / total
            return share > 0 ? sum - share * log(share) : sum
        }
        return exp(entropy)
    }
}
