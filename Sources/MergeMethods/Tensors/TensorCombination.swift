import Foundation
import Kernels

/// The place of consecutive elements in a model.
package struct TensorPart: Hashable, Sendable {
    /// The name of the tensor.
    package let tensor: String
    /// The number of elements of the tensor that stand before the part.
    package let offset: Int

    /// The elements of a tensor from `offset` on.
    package init(of tensor: String, from offset: Int = 0) {
        self.tensor = tensor
        self.offset = offset
    }

    /// The elements that begin some further on.
    func advanced(by distance: Int) -> TensorPart {
        TensorPart(of: tensor, from: offset + distance)
    }
}

/// Arithmetic that makes one tensor out of the same tensor of several models.
///
/// It knows neither files nor memory layouts: merging between files and merging in memory both give
/// it a `TensorPass`, which goes through a tensor part by part. What an element depends on beyond
/// its own place is found in passes over the tensor (`prepare`); then every part can be computed
/// for itself (`PreparedCombination.apply`), so that no tensor is ever held as a whole.
package enum TensorCombination: Hashable, Sendable, CustomStringConvertible {
    /// Σ w_i θ_i.
    case weightedSum([MergeTerm])
    /// Along the arc between two tensors.
    case slerp(Slerp)
    /// The base and a sum of trimmed task vectors.
    case taskVectors(TaskVectorMerge)
    /// Between the base and the mean.
    case modelStock(ModelStock)
    /// An average by what the models' data say.
    case dataWeighted(DataWeightedAverage)
    /// By norms, angles or largest changes.
    case tensorwise(TensorwiseMerge)

    /// The models, in the order in which sources are given.
    package var inputs: [String] {
        switch self {
        case .weightedSum(let terms): terms.map(\.input)
        case .slerp(let method): method.inputs
        case .taskVectors(let method): method.inputs
        case .modelStock(let method): method.inputs
        case .dataWeighted(let method): method.inputs
        case .tensorwise(let merge): merge.inputs
        }
    }

    /// Looks at the whole tensor as often as the method asks for it.
    ///
    /// - Parameters:
    ///   - pass: The tensor in each of `inputs`; for Fisher merging also its information in each.
    ///   - products: For the regression mean the products of the inputs in each model.
    /// - Returns: What computes any part of it.
    /// - Throws: `TensorwiseError` where the tensors have no merge of this kind.
    package func prepare(
        _ pass: TensorPass,
        products: [FloatView] = []
    ) throws(TensorwiseError) -> PreparedCombination {
        if case .dataWeighted(let method) = self {
            switch method.kind {
            case .fisher: return .fisher(method.terms.map(\.weight))
            case .regressionMean:
                return .whole(try method.regressionMean(pass, products: products))
            }
        }
        precondition(pass.sources.count == inputs.count, "one source for each model")
        switch self {
        case .weightedSum(let terms): return .weightedSum(terms.map(\.weight))
        case .slerp(let method):
            let products = pass.products(fromBase: false)
            return .weightedSum(
                method.factors(first: products[0], second: products[3], product: products[1])
            )
        case .taskVectors(let method): return .taskVectors(PreparedTaskVectors(method, pass))
        case .modelStock(let method): return method.prepare(pass)
        case .tensorwise(let merge): return try merge.method.prepare(pass)
        case .dataWeighted: preconditionFailure("prepared above")
        }
    }

    /// For people: `0.500 language + 0.500 math`, or `base + 1.000 (1.000 τ math)`.
    package var description: String {
        switch self {
        case .weightedSum(let terms): MergeTerm.sum(terms)
        case .slerp(let method): method.formula
        case .taskVectors(let method): method.formula
        case .modelStock(let method): method.formula
        case .dataWeighted(let method): method.formula
        case .tensorwise(let merge): merge.formula
        }
    }

    /// ⟨a, b⟩.
    static func product(_ a: FloatView, _ b: FloatView) -> Double {
        a.withFloats { a in
            b.withFloats { b in
                InnerProduct.sum(a.count, { Double(a[$0]) }, { Double(b[$0]) })
            }
        }
    }
}

extension TaskVector {
    /// ⟨τ_1, τ_2⟩ of two models.
    static func product(_ first: FloatView, _ second: FloatView, from base: FloatView) -> Double {
        TaskVector.with(first, from: base) { first in
            TaskVector.with(second, from: base) { second in
                InnerProduct.sum(first.count, { first[$0] }, { second[$0] })
            }
        }
    }
}

extension MergeTerm {
    /// For people: `0.500 language + 0.500 math`, or with τ before each name.
    static func sum(_ terms: [MergeTerm], symbol: String = "") -> String {
        terms.map { "\(text(of: $0.weight)) \(symbol)\($0.input)" }.joined(separator: " + ")
    }

    /// A number with three digits after the point.
    static func text(of number: Double) -> String { String(format: "%.3f", number) }
}
