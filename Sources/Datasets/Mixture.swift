/// Several document sources, drawn from by weight.
package struct Mixture: Sendable {
    /// One source of a mixture.
    package struct Component: Sendable {
        /// What the component is called in logs and errors.
        package var name: String
        /// Where its documents come from.
        package var source: any DocumentSource
        /// How often it is drawn, relative to the others; positive.
        package var weight: Double
        /// Whether the prompt of a chat document takes no part in the loss.
        package var masksPrompt: Bool

        /// Describes a component.
        package init(
            name: String,
            source: any DocumentSource,
            weight: Double,
            masksPrompt: Bool = true
        ) {
            self.name = name
            self.source = source
            self.weight = weight
            self.masksPrompt = masksPrompt
        }
    }

    /// A document and the component it was drawn from.
    package struct Draw: Sendable {
        /// The place of the component in `components`.
        package var component: Int
        /// The index of the document in its source.
        package var index: Int
        /// What was drawn.
        package var document: Document
    }

    /// The sources, in the order given.
    package let components: [Component]
    /// The probability of each component: its weight divided by the sum of all.
    package let probabilities: [Double]

    /// Makes a mixture.
    ///
    /// - Throws: `DatasetError` when there is no component, a weight is not positive, or a source
    ///   has no document.
    package init(_ components: [Component]) throws {
        guard !components.isEmpty else {
            throw DatasetError.setting(
                name: "mixture",
                found: "no component",
                expected: "at least one source with its weight"
            )
        }
        for component in components {
            guard component.weight > 0, component.weight.isFinite else {
                throw DatasetError.setting(
                    name: "weight of '\(component.name)'",
                    found: "\(component.weight)",
                    expected: "a positive number"
                )
            }
            guard component.source.count.map({ $0 > 0 }) ?? true else {
                throw DatasetError.emptySource(name: component.name)
            }
        }
        self.components = components
        let total = components.reduce(0) { $0 + $1.weight }
        probabilities = components.map { $0.weight / total }
    }

    /// A text that changes whenever any document, weight or mask would.
    package var fingerprint: String {
        let parts = zip(components, probabilities).map { component, probability in
            "\(component.name) \(probability) \(component.masksPrompt) "
                + component.source.fingerprint
        }
        return "mixture 1\n" + parts.joined(separator: "\n")
    }

    /// The draw number `draw` of a step: a component by weight, then a document of it.
    ///
    /// A finite source is drawn from with replacement, so that a batch depends on its own step
    /// alone.
    package func document(seed: UInt64, step: Int, draw: Int) throws -> Draw {
        var random = ContentRandom(seed: seed, stream: "mixture", indices: step, draw)
        var position = random.uniform()
        var chosen = components.count - 1
        for (index, probability) in probabilities.enumerated() {
            if position < probability {
                chosen = index
                break
            }
            position -= probability
        }
        let source = components[chosen].source
        let index = source.count.map { random.below($0) } ?? random.below(Int.max)
        return Draw(component: chosen, index: index, document: try source.document(at: index))
    }
}
