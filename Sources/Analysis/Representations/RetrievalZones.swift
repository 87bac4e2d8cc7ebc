/// The zones of a layer swap as sentence retrieval suggests them: between the layers that bring a
/// sentence and its translation together and those that take them apart again lies the middle.
///
/// A place of the residual stream belongs to the middle when translations are found there at least
/// half-way from the fewest to the most of any place, in the mean of both directions. The middle
/// reaches from the first such place to the last. Layers that act before it are the bottom, and
/// layers that act behind it are the top. The idea to let retrieval choose the zones is that of
/// Findings of ACL 2026, 1218; the half is ours.
package struct RetrievalZones: Hashable, Sendable {
    /// Layers at the input that do not belong to the middle.
    package let bottom: Int
    /// Layers at the output that do not belong to the middle.
    package let top: Int
    /// The share of translations found from which a place belongs to the middle.
    package let threshold: Double

    /// Finds the zones of a model; nil where all places find as many, or there is no layer.
    ///
    /// - Parameter found: The share of translations found behind the embeddings and behind every
    ///   layer, in this order.
    package init?(found: [Double]) {
        guard let most = found.max(), let fewest = found.min(), most > fewest else { return nil }
        let threshold = (most + fewest) / 2
        guard let first = found.firstIndex(where: { $0 >= threshold }),
            let last = found.lastIndex(where: { $0 >= threshold })
        else { return nil }
        bottom = first
        top = found.count - 1 - last
        self.threshold = threshold
    }
}

extension RepresentationRecord {
    /// The zones that this model's sentences suggest; nil where every place finds as many.
    package var retrievalZones: RetrievalZones? {
        RetrievalZones(found: places.map(\.found))
    }
}

extension RepresentationRecord.Place {
    /// The share of translations that are found, the mean of both directions.
    package var found: Double { (retrieval.value + retrievalBack.value) / 2 }
}

extension RetrievalZones: CustomStringConvertible {
    /// As a recipe would write them: `bottom: 2, top: 1`.
    package var description: String { "bottom: \(bottom), top: \(top)" }
}
