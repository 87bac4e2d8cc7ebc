/// Why a layer swap cannot be made with a model.
package enum LayerSwapError: Error, Hashable, CustomStringConvertible {
    /// A zone has a negative width.
    case negative(zone: String, width: Int)
    /// The zones overlap.
    case doNotFit(LayerSwap, layerCount: Int)
    /// There are more or fewer coefficients than layers.
    case coefficientCount(found: Int, layerCount: Int)
    /// There are coefficients of the feed-forward networks and none of the attention.
    case coefficientsOfHalf
    /// A weight is not between 0 and 1.
    case weight(of: String, value: Double)
    /// A tied head is asked to come from elsewhere than the embeddings.
    case tiedHead(embeddings: TensorOwner, head: TensorOwner)
    /// Zones have factors, but layers are dealt out otherwise.
    case scaleWithoutZones
    /// Changes have factors, but layers of both are made along an arc.
    case scaledArc
    /// A factor is no number.
    case scale(zone: String, value: Double)
    /// The difference of changes that decides is not between 0 and 1.
    case threshold(Double)
    /// Changes decide, and nobody has measured them.
    case changesUnknown
    /// Sentence retrieval decides, and there are no sentences.
    case retrievalUnknown

    /// What does not fit, with the numbers, and what would.
    package var description: String {
        switch self {
        case .negative(let zone, let width):
            return "the zone '\(zone)' is \(width) layers wide; expected 0 or more"
        case .doNotFit(let swap, let layerCount):
            let defaults = LayerSwap.defaults(layerCount: layerCount)
            return "the zones do not fit: bottom \(swap.bottom) + bottom transition "
                + "\(swap.bottomTransition) + top transition \(swap.topTransition) + top "
                + "\(swap.top) is more than the model's \(layerCount) layers; the defaults for "
                + "this depth are bottom \(defaults.bottom), top \(defaults.top), transitions "
                + "\(defaults.bottomTransition) and \(defaults.topTransition)"
        case .coefficientCount(let found, let layerCount):
            return "there are \(found) coefficients; expected one for each of the model's "
                + "\(layerCount) layers"
        case .coefficientsOfHalf:
            return "there are coefficients of the feed-forward networks and none of the attention; "
                + "give both, or neither"
        case .weight(let what, let value):
            return "the weight of the language expert in the \(what) is \(value); "
                + "expected 0 to 1"
        case .tiedHead(let embeddings, let head):
            return "the output head of this model is its embedding matrix, so it cannot come from "
                + "'\(head.rawValue)' while the embeddings come from '\(embeddings.rawValue)'; "
                + "leave out the head or give it the same owner"
        case .scaleWithoutZones:
            return
                "the changes are scaled zone by zone, but the layers are not dealt out by zones; "
                + "leave out the scale, or pattern and coefficients"
        case .scaledArc:
            return "the changes are scaled, which is defined for weighted averages; leave out the "
                + "scale or SLERP"
        case .threshold(let value):
            return "the threshold of the pattern 'changes' is \(value); expected 0 to 1"
        case .changesUnknown:
            return "the pattern 'changes' needs the base and both experts before it can be planned"
        case .retrievalUnknown:
            return "the pattern 'retrieval' needs sentences in both languages, which the recipe of "
                + "a run has; here, find the zones with 'layerswap analyze representations' and "
                + "give them as bottom and top"
        case .scale(let zone, let value):
            return "the scale of the zone '\(zone)' is \(value); expected a number"
        }
    }
}
