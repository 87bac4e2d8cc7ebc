import Foundation
import Kernels

/// Spherical interpolation of two models or of their changes, by whole tensors, rows or columns
/// (mergekit's `nuslerp`).
///
/// With t = w_2 / (w_1 + w_2), x_i = θ_i or τ_i = θ_i − θ_0, and φ the angle between x_1 and x_2:
///
///     x = sin((1 − t) φ) / sin φ · x_1 + sin(t φ) / sin φ · x_2
///
/// and θ_0 + x where changes are interpolated. Parallel vectors are averaged. A tensor with one
/// extent is one row and one column.
package struct NuSlerp: TensorwiseMethod {
    /// What an angle is measured between.
    package enum Extent: String, CaseIterable, Codable, Sendable {
        /// Whole tensors.
        case whole
        /// Rows, the vectors along the last extent.
        case rows
        /// Columns, the vectors along the first extent.
        case columns
    }

    /// The two models and their weights.
    package var terms: [MergeTerm]
    /// Whether changes from the base are interpolated, and not the models themselves.
    package var readsBase: Bool
    /// What an angle is measured between.
    package var extent: Extent

    /// An interpolation of two models.
    package init(_ terms: [MergeTerm], readsBase: Bool = false, extent: Extent = .whole) {
        self.terms = terms
        self.readsBase = readsBase
        self.extent = extent
    }

    /// The share of the second model, one half where the weights add up to nothing.
    package var share: Double {
        let total = terms[0].weight + terms[1].weight
        return total.magnitude < 1e-6 ? 0.5 : terms[1].weight / total
    }

    var inputs: [String] { (readsBase ? [ModelPart.base.name] : []) + terms.map(\.input) }

    var formula: String {
        let parts = [MergeTerm(terms[0].input, 1 - share), MergeTerm(terms[1].input, share)]
        let vectors = extent == .whole ? "" : " of \(extent.rawValue)"
        return (readsBase ? "\(ModelPart.base.name) + " : "")
            + "arc\(vectors) (\(MergeTerm.sum(parts, symbol: readsBase ? "τ " : "")))"
    }

    var source: MergeSource {
        switch share {
        case 0: .copy(of: terms[0].input)
        case 1: .copy(of: terms[1].input)
        default: .combine(.tensorwise(.nuslerp(self)))
        }
    }

    func check() throws(TensorwiseError) {
        let models = terms.map(\.input)
        guard terms.count == 2 else {
            throw .models(method: "nuslerp", expected: "two models", found: models)
        }
        try Self.checkNames(models, base: readsBase)
        for term in terms {
            try Self.checkNumber(
                "the weight of '\(term.input)'",
                term.weight,
                in: -1e9...1e9,
                "a number from -1e9 to 1e9"
            )
        }
    }

    func prepare(_ pass: TensorPass) -> PreparedCombination {
        let isVector = pass.shape.count < 2
        switch extent {
        case .rows where !isVector:
            return .parts(PreparedArcs(method: self, rowLength: pass.rowLength, columns: nil))
        case .columns where !isVector:
            let columns = pass.columnProducts(fromBase: readsBase).map {
                Self.factors(share: share, $0)
            }
            return .parts(
                PreparedArcs(method: self, rowLength: pass.rowLength, columns: columns)
            )
        default:
            let products = pass.products(fromBase: readsBase)
            let factors = Self.factors(
                share: share,
                VectorProducts(first: products[0], second: products[3], both: products[1])
            )
            let base = readsBase ? [1 - factors.x - factors.y] : []
            return .weightedSum(base + [factors.x, factors.y])
        }
    }

    /// What both vectors are multiplied with.
    static func factors(share: Double, _ products: VectorProducts) -> SIMD2<Double> {
        // A vector of nothing has no direction, and is at a right angle to all others.
        let norms =
            max(products.first.squareRoot(), smallestNorm)
            * max(products.second.squareRoot(), smallestNorm)
        let cosine = min(1, max(-1, products.both / norms))
        guard cosine.isFinite, 1 - cosine * cosine > smallestSquaredSine else {
            return [1 - share, share]
        }
        let angle = acos(cosine)
        return [sin((1 - share) * angle) / sin(angle), sin(share * angle) / sin(angle)]
    }

    private static let smallestNorm = 1e-7
    private static let smallestSquaredSine = 1e-16
}

/// ‖a‖², ‖b‖² and ⟨a, b⟩ of two vectors.
struct VectorProducts {
    var first = 0.0
    var second = 0.0
    var both = 0.0

    /// Adds an entry of each.
    @inline(__always)
    mutating func add(_ a: Double, _ b: Double) {
        first += a * a
        second += b * b
        both += a * b
    }
}

/// Arcs whose rows or columns have factors of their own.
struct PreparedArcs: PreparedPart {
    let method: NuSlerp
    let rowLength: Int
    /// The factors of each column; nil where rows are interpolated, which a part has whole.
    let columns: [SIMD2<Double>]?

    var needsRows: Bool { columns == nil }

    func apply(_ sources: [FloatView], into output: FloatView, part: TensorPart) {
        let first = method.readsBase ? 1 : 0
        sources[first].withFloats { a in
            sources[first + 1].withFloats { b in
                guard method.readsBase else { return rows(a, b, nil, output, part) }
                sources[0].withFloats { rows(a, b, $0, output, part) }
            }
        }
    }

    private func rows(
        _ a: UnsafeBufferPointer<Float>,
        _ b: UnsafeBufferPointer<Float>,
        _ base: UnsafeBufferPointer<Float>?,
        _ output: FloatView,
        _ part: TensorPart
    ) {
        func origin(_ index: Int) -> Double { base.map { Double($0[index]) } ?? 0 }
        output.withMutableFloats { output in
            var start = 0
            while start < output.count {
                let column = (part.offset + start) % rowLength
                let end = min(output.count, start + rowLength - column)
                var own = SIMD2<Double>.zero
                if columns == nil {
                    var products = VectorProducts()
                    for i in start..<end {
                        products.add(Double(a[i]) - origin(i), Double(b[i]) - origin(i))
                    }
                    own = NuSlerp.factors(share: method.share, products)
                }
                for i in start..<end {
                    let factors = columns?[column + i - start] ?? own
                    let change =
                        factors.x * (Double(a[i]) - origin(i))
                        + factors.y * (Double(b[i]) - origin(i))
                    output[i] = Float(origin(i) + change)
                }
                start = end
            }
        }
    }
}
