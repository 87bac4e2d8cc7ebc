import MergeMethods

extension MergekitExport {
    /// A method by norms, angles or largest changes.
    func tensorwise(_ merge: TensorwiseMerge) -> [String] {
        let method = MergekitMerge.Method.allCases.first { $0.tensorwise == merge.kind }
        var lines = ["merge_method: \(method?.rawValue ?? merge.kind.rawValue)"]
        if merge.readsBase { lines.append("base_model: \(path(of: ModelPart.base.name))") }
        let weights = Self.weights(of: merge)
        lines.append("models:")
        for model in merge.models {
            lines.append("  - model: \(path(of: model))")
            if let weight = weights[model] {
                lines += ["    parameters:", "      weight: \(weight)"]
            }
        }
        let parameters = Self.parameters(of: merge)
        return lines + (parameters.isEmpty ? [] : ["parameters:"])
            + parameters.map { "  \($0): \($1)" }
    }

    private static func weights(of merge: TensorwiseMerge) -> [String: Double] {
        let terms: [MergeTerm] =
            switch merge {
            case .nuslerp(let method): method.terms
            case .multislerp(let method): method.terms
            case .karcher, .sce, .nearswap, .arceeFusion, .ram: []
            }
        return Dictionary(terms.map { ($0.input, $0.weight) }, uniquingKeysWith: { $1 })
    }

    private static func parameters(of merge: TensorwiseMerge) -> [(String, String)] {
        switch merge {
        case .nuslerp(let method):
            [
                ("nuslerp_flatten", "\(method.extent == .whole)"),
                // What mergekit calls row-wise goes along the first extent.
                ("nuslerp_row_wise", "\(method.extent == .columns)"),
            ]
        case .multislerp(let method):
            [
                ("normalize_weights", "\(method.isNormalized)"),
                ("eps", number(method.epsilon)),
            ]
        case .karcher(let method):
            [("max_iter", "\(method.iterations)"), ("tol", number(method.tolerance))]
        case .sce(let method): [("select_topk", number(method.density))]
        case .nearswap(let method): [("t", number(method.distance))]
        case .arceeFusion: []
        case .ram(let method):
            [("epsilon", number(method.epsilon))]
                + (method.gain.map { [("r", number($0)), ("alpha", number(method.limit))] } ?? [])
        }
    }

    /// A number as YAML 1.1 reads it, where one with an exponent needs a point too.
    private static func number(_ value: Double) -> String {
        let text = "\(value)"
        guard let mark = text.firstIndex(of: "e"), !text[..<mark].contains(".") else { return text }
        return text[..<mark] + ".0" + text[mark...]
    }
}
