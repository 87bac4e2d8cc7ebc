import Kernels

/// The base, drawn to a model where both are near each other (mergekit's `nearswap`).
///
/// With the distance t, element by element:
///
///     w = min(1, t / max(|θ − θ_0|, 10⁻⁶)),    (1 − w) θ_0 + w θ
///
/// So where the two differ by less than t the model's element is taken, and elsewhere the base
/// moves by t.
package struct NearSwap: TensorwiseMethod, PreparedPart {
    /// The model that the base is drawn to.
    package var model: String
    /// How far an element of the base moves at most, t.
    package var distance: Double

    /// Draws the base to a model.
    package init(_ model: String, distance: Double) {
        self.model = model
        self.distance = distance
    }

    private static let smallestDifference = 1e-6

    var inputs: [String] { [ModelPart.base.name, model] }

    var readsBase: Bool { true }

    var formula: String { "\(ModelPart.base.name) moved by at most \(distance) to \(model)" }

    var source: MergeSource {
        distance == 0 ? .copy(of: ModelPart.base.name) : .combine(.tensorwise(.nearswap(self)))
    }

    func check() throws(TensorwiseError) {
        guard model != ModelPart.base.name else { throw .base }
        try Self.checkNumber("distance", distance, in: 0...1e9, "a number, 0 or more")
    }

    func prepare(_ pass: TensorPass) -> PreparedCombination { .parts(self) }

    package var needsRows: Bool { false }

    package func apply(_ sources: [FloatView], into output: FloatView, part: TensorPart) {
        TaskVector.with(sources[1], from: sources[0]) { vector in
            sources[0].withFloats { base in
                output.withMutableFloats { output in
                    for i in 0..<output.count {
                        let change = vector[i]
                        let width = max(change.magnitude, Self.smallestDifference)
                        // As a product with the change, so that what is no number stays none.
                        let weight = distance < width ? distance / width : 1
                        output[i] = Float(Double(base[i]) + weight * change)
                    }
                }
            }
        }
    }
}
