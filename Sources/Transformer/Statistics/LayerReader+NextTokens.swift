import Foundation
import Kernels

extension LayerReader {
    /// A token that may come next.
    package struct NextToken: Hashable, Sendable {
        /// The token.
        package let token: Int32
        /// Its probability, from the softmax of all logits.
        package let probability: Double
    }

    /// The most probable next tokens at the last position, by the final norm and the output head
    /// behind the embeddings and behind each block: the logit lens (nostalgebraist, 2020).
    ///
    /// - Parameters:
    ///   - sequence: At least one token.
    ///   - count: How many tokens of each place, at least 1.
    /// - Returns: For each place the tokens, the most probable first; those of the last place are
    ///   what the model itself would write.
    /// - Throws: `ModelNumberError` when a logit is not finite.
    package func nextTokens(after sequence: [Int32], count: Int) throws -> [[NextToken]] {
        precondition(!sequence.isEmpty && count > 0, "a lens needs a position and a place in it")
        let last = sequence.count - 1
        var places = [[NextToken]](repeating: [], count: placeCount)
        try places.withUnsafeMutableBufferPointer { buffer in
            let slots = SharedSlots(buffer)
            try forEachBatch(of: [sequence]) { pass, rows in
                LogitLens(inference, pass, rows: rows)
            } body: { lens, _, place, stream in
                try lens.forEachLogits(of: stream, rows: [last], at: place) { _, logits in
                    slots[place] = Self.mostProbable(logits, count: count)
                }
            }
        }
        return places
    }

    private static func mostProbable(_ logits: FloatView, count: Int) -> [NextToken] {
        let values = (0..<logits.count).map { Double(logits[$0]) }
        let largest = values.max() ?? 0
        let sum = values.reduce(0) { $0 + exp($1 - largest) }
        let order = values.indices.sorted { values[$0] > values[$1] }
        return order.prefix(count).map {
            NextToken(token: Int32($0), probability: exp(values[$0] - largest) / sum)
        }
    }
}
