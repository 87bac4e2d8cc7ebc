import Checkpointing

/// How a merged model is stored.
package struct MergeStorage: Hashable, Codable, Sendable {
    /// The type of all tensors; nil for that of their sources.
    package var elementType: ElementType?
    /// The most bytes of tensors in a file.
    package var shardBytes: Int
    /// What is written; nil for a whole model.
    package var form: Form?
    /// The model whose tokenizer files the output has; nil for the first.
    package var tokenizer: String?
    /// The chat template that is written to the output; nil for the one that comes with the
    /// tokenizer.
    package var chatTemplate: String?

    /// Forms other than a whole model.
    package enum Form: String, Hashable, Codable, Sendable {
        /// A LoRA adapter, made of pieces of the adapters that are merged.
        case adapter
    }

    /// Whether an adapter is written and no model.
    package var isAdapter: Bool { form == .adapter }

    /// Stores tensors in a type, in files of at most a size.
    package init(
        elementType: ElementType? = nil,
        shardBytes: Int = ShardPlan.standardBytes,
        form: Form? = nil
    ) {
        self.elementType = elementType
        self.shardBytes = shardBytes
        self.form = form
    }
}
