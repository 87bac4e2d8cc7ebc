/// Where the embeddings, the final norm or the output head of a layer swap come from.
///
/// As text: `language`, `math`, `base`, `blend` (the average of both experts) or `blend 0.3` (three
/// tenths of the language expert, the rest of the math expert).
package enum TensorOwner: Hashable, Codable, Sendable {
    /// The language expert.
    case language
    /// The math expert.
    case math
    /// The model that both experts were trained from.
    case base
    /// Both experts; the value is the weight of the language expert, from 0 to 1.
    case blend(Double)

    /// What the tensor is made of.
    var source: MergeSource {
        switch self {
        case .language: .copy(of: ModelPart.language.name)
        case .math: .copy(of: ModelPart.math.name)
        case .base: .copy(of: ModelPart.base.name)
        case .blend(let weight): LayerSwap.source(languageWeight: weight)
        }
    }
}

extension TensorOwner: RawRepresentable {
    /// Reads the text form; nil when it is none.
    package init?(rawValue: String) {
        let words = rawValue.split(separator: " ")
        if words.count == 1, let part = ModelPart(rawValue: String(words[0])) {
            self =
                switch part {
                case .language: .language
                case .math: .math
                case .base: .base
                }
            return
        }
        switch (words.first, words.count) {
        case ("blend", 1): self = .blend(0.5)
        case ("blend", 2):
            guard let weight = Double(words[1]) else { return nil }
            self = .blend(weight)
        default: return nil
        }
    }

    /// The text form.
    package var rawValue: String {
        switch self {
        case .language: ModelPart.language.name
        case .math: ModelPart.math.name
        case .base: ModelPart.base.name
        case .blend(let weight): "blend \(weight)"
        }
    }
}
