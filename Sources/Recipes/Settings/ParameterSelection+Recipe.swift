import Foundations
import MergeMethods
import RecipeDocuments
import Transformer

/// The zones of a layer swap by name, with the published widths scaled with the depth.
enum SwapZone: String, CaseIterable {
    /// What a layer swap takes from the language expert alone: layers at both ends, embeddings,
    /// final norm and head.
    case outer
    /// The layers in between, transitions included.
    case middle

    /// The parts of a model that belong to the zone.
    func parts(layers: Int, tiedHead: Bool) -> [ParameterSelection.Part] {
        let swap = LayerSwap.defaults(layerCount: layers)
        let middle = swap.bottom..<(layers - swap.top)
        switch self {
        case .middle:
            return [.layers(ClosedRange(middle))]
        case .outer:
            let outer = [0..<middle.lowerBound, middle.upperBound..<layers]
            return [.embeddings, .finalNorm] + (tiedHead ? [] : [.head])
                + outer.filter { !$0.isEmpty }.map { .layers(ClosedRange($0)) }
        }
    }
}

extension ParameterSelection {
    /// Reads a part, a zone, or a list of them; zones become the parts that they have in a model of
    /// this shape.
    init(_ value: RecipeValue, layers: Int, tiedHead: Bool) throws {
        guard case .sequence = value.node else {
            self.init(try Self.parts(value, layers, tiedHead))
            return
        }
        let list = try value.list("a list of parts")
        guard !list.isEmpty else {
            throw value.error("found an empty list, expected \(Self.forms)")
        }
        self.init(try list.flatMap { try Self.parts($0, layers, tiedHead) })
    }

    /// The parts and zones as recipes write them.
    static let forms = "outer, middle, embeddings, layer 3, layers 2-5, final_norm or head"

    private static func parts(
        _ value: RecipeValue,
        _ layers: Int,
        _ tiedHead: Bool
    ) throws -> [Part] {
        do {
            return try parts(named: value.text(forms), layers: layers, tiedHead: tiedHead)
        } catch let error as PartError {
            throw value.error(error.problem)
        }
    }

    /// A name that is no part of a model.
    struct PartError: Error {
        /// What was found, and what was expected.
        let problem: String
    }

    /// The parts that a name stands for in a model of this shape.
    ///
    /// - Throws: `PartError`.
    static func parts(named text: String, layers: Int, tiedHead: Bool) throws -> [Part] {
        if let zone = SwapZone(rawValue: text) {
            return zone.parts(layers: layers, tiedHead: tiedHead)
        }
        guard let part = Part(rawValue: text) else {
            let word = text.prefix { $0 != " " }
            let known = ["outer", "middle", "embeddings", "layer", "layers", "final_norm", "head"]
            let nearest = NearestName.nearest(to: String(word), among: known)
            let hint = nearest.map { $0 == word ? "" : "; did you mean \"\($0)\"?" } ?? ""
            throw PartError(problem: "found \"\(text)\", expected \(forms)\(hint)")
        }
        if case .layers(let run) = part, run.upperBound >= layers {
            throw PartError(
                problem: "found \"\(text)\", but the model has the layers 0 to \(layers - 1)"
            )
        }
        return [part]
    }
}
