/// What is to be done to the names of tensors that wrappers have changed.
///
/// `torch.compile` (`_orig_mod.`), data parallel training (`module.`), PEFT (`base_model.model.`)
/// and models of text and images (`language_model.`) put words before names or into them, and a
/// model that was saved without its head has names without `model.`. The tensors are all right; the
/// names say so to people, and to nobody else: they are not changed here.
package struct TensorNameRepair: Hashable, Sendable, CustomStringConvertible {
    /// What is taken out, or put before.
    package enum Change: Hashable, Sendable {
        /// What to strip, such as `_orig_mod.`: a beginning, and words inside.
        case strip([String])
        /// Words to add in front, such as `model.`.
        case add(String)
    }

    /// What is to be done.
    package let change: Change
    /// How many tensors would then have a name that is known.
    package let count: Int
    /// How many tensors were looked at.
    package let total: Int

    /// Words that are put into names at any place.
    private static let wrappers: Set<Substring> = [
        "_orig_mod", "_fsdp_wrapped_module", "_forward_module", "_checkpoint_wrapped_module",
        "module",
        "base_layer", "original_module",
    ]
    /// Words that may be missing in front.
    private static let missing = ["model.", "base_model.model."]

    /// Looks for the change that gives the most names back; nil when none gives any.
    ///
    /// - Parameters:
    ///   - names: The names that the file has and nobody knows.
    ///   - isKnown: Whether a tensor of that name is expected.
    package init?(of names: [String], isKnown: (String) -> Bool) {
        var counts: [Change: Int] = [:]
        for name in names where !isKnown(name) {
            if let change = Self.change(of: name, isKnown) { counts[change, default: 0] += 1 }
        }
        let order: (Change) -> String = { "\($0)" }
        guard
            let best = counts.max(by: {
                ($0.value, order($1.key)) < ($1.value, order($0.key))
            })
        else { return nil }
        change = best.key
        count = best.value
        total = names.count
    }

    private static func change(of name: String, _ isKnown: (String) -> Bool) -> Change? {
        let words = name.split(separator: ".", omittingEmptySubsequences: false)
        for start in words.indices where !wrappers.contains(words[start]) {
            let kept = words[start...].filter { !wrappers.contains($0) }
            let inside = words[start...].filter(wrappers.contains)
            let rest = kept.joined(separator: ".")
            if isKnown(rest) {
                let front = words[..<start].map { "\($0)." }.joined()
                let others = Set(inside).sorted().map { "\($0)." }
                return .strip(([front] + others).filter { !$0.isEmpty })
            }
            if start == 0, inside.isEmpty, let added = missing.first(where: { isKnown($0 + rest) })
            {
                return .add(added)
            }
        }
        return nil
    }

    /// What to do and how many tensors it concerns, as the end of a sentence.
    package var description: String {
        let tensors = "\(count) of \(total) tensors"
        return switch change {
        case .strip(let words):
            "\(tensors) would be known without "
                + words.map { "'\($0)'" }.joined(separator: " and ")
                + " in their names: strip it and save again"
        case .add(let words):
            "\(tensors) would be known with '\(words)' before their names: add it and save again"
        }
    }

    /// Whether a name is that of a tensor of a model of text as Hugging Face writes it.
    package static func isStandard(_ name: String) -> Bool {
        if ["model.embed_tokens.weight", "model.norm.weight", "lm_head.weight"].contains(name) {
            return true
        }
        let words = name.split(separator: ".", omittingEmptySubsequences: false)
        return words.count > 3 && words[0] == "model" && words[1] == "layers"
            && Int(words[2]) != nil
    }
}
