/// Layers whose queries see a window of keys and no more.
package struct SlidingWindow: Hashable, Sendable {
    /// How many keys a query sees, itself included (`sliding_window`).
    package var size: Int
    /// For each layer whether the window counts there.
    package var layers: [Bool]

    /// Describes the window.
    package init(size: Int, layers: [Bool]) {
        self.size = size
        self.layers = layers
    }

    /// Whether the window counts in a layer.
    package func contains(_ layer: Int) -> Bool { layers.indices.contains(layer) && layers[layer] }
}
