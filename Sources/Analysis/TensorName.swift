/// Where a tensor of a Llama-family checkpoint stands, from its name.
package struct TensorName: Hashable, Codable, Sendable {
    /// The name in the checkpoint, such as `model.layers.3.mlp.up_proj.weight`.
    package let full: String
    /// The block, or nil outside of the blocks.
    package let layer: Int?
    /// What it is inside its block, or in the model, without `.weight`: `mlp.up_proj`,
    /// `embed_tokens`.
    package let module: String

    /// Reads a name.
    package init(_ full: String) {
        self.full = full
        let words = full.split(separator: ".")
        let end = words.last == "weight" ? words.count - 1 : words.count
        if let place = words.firstIndex(of: "layers"), place + 1 < end,
            let layer = Int(words[place + 1])
        {
            self.layer = layer
            module = words[(place + 2)..<end].joined(separator: ".")
        } else {
            layer = nil
            module = words[..<end].drop { $0 == "model" }.joined(separator: ".")
        }
    }

    private enum CodingKeys: String, CodingKey {
        case full = "name"
        case layer, module
    }
}
