import Foundation
import Foundations
import Kernels

/// A decoder model of the Llama family or a relative: its configuration and its parameters in one
/// flat buffer.
///
/// The buffer is written by training or merging and read by everything else, never both at the
/// same time.
public final class TransformerModel: @unchecked Sendable {
    /// The shape.
    public let configuration: ModelConfiguration
    /// Where each tensor lies.
    package let layout: ParameterLayout

    /// The folder that the model was loaded from, for messages; nil for one that was made here.
    package let origin: String?

    /// How the matrices are kept: in single precision, or in bfloat16 where nothing changes them.
    package let precision: LinearPrecision

    let weights: ModelWeights

    /// A model whose parameters are all zero, to be filled by the caller.
    ///
    /// - Parameters:
    ///   - configuration: The shape.
    ///   - origin: The folder it comes from, for messages.
    ///   - precision: How matrices are kept; vectors are floats always.
    package init(
        zeros configuration: ModelConfiguration,
        origin: String? = nil,
        precision: LinearPrecision = .float32
    ) {
        self.configuration = configuration
        self.origin = origin
        self.precision = precision
        layout = ParameterLayout(configuration)
        weights = ModelWeights(layout, precision)
    }

    /// A fresh model.
    ///
    /// Matrices are normal with the configured deviation; those that write to the residual stream
    /// are divided by √(2 · layers), so that its variance does not grow with depth (Radford et al.,
    /// 2019, "Language Models are Unsupervised Multitask Learners"). Gains are one (zero where one
    /// is added to them), biases zero. Each tensor has
    /// its own random stream.
    ///
    /// - Parameters:
    ///   - configuration: The shape. What makes, trains, runs or saves a model of numbers that
    ///     `ModelConfiguration.check` refuses throws; sizes below zero have no memory, and end the
    ///     program here.
    ///   - seed: The seed of all weights.
    public convenience init(configuration: ModelConfiguration, seed: UInt64) {
        self.init(configuration: configuration, seed: seed, precision: .float32)
    }

    /// A fresh model whose matrices are kept in a precision of choice.
    package convenience init(
        configuration: ModelConfiguration,
        seed: UInt64,
        precision: LinearPrecision
    ) {
        self.init(zeros: configuration, precision: precision)
        let residual = 1 / (2 * Double(max(configuration.layerCount, 1))).squareRoot()
        for entry in layout.entries {
            let room = SharedBuffer(count: entry.range.count)
            let view = room.view
            defer { withExtendedLifetime(room) { weights.store(view, in: entry) } }
            guard entry.role.isMatrix else {
                view.fill(entry.role.isBias ? 0 : 1 - configuration.family.gainOffset)
                continue
            }
            let writesResidual = entry.role == .attentionOutput || entry.role == .down
            let deviation = configuration.initializerRange * (writesResidual ? residual : 1)
            var generator = SeededGenerator(seed: seed, stream: "initialization/\(entry.name)")
            view.copy(from: (0..<view.count).map { _ in Float(deviation * generator.normal()) })
        }
    }

    /// Takes over all parameters of a model of the same shape.
    package func copyParameters(from other: TransformerModel) {
        precondition(configuration == other.configuration, "the models have different shapes")
        parameters.copy(from: other.parameters)
    }

    /// All parameters; the model must outlive the view (`withExtendedLifetime` where it is local).
    ///
    /// - Precondition: The matrices are kept in single precision.
    package var parameters: FloatView {
        guard case .single(let buffer) = weights else {
            preconditionFailure("the matrices of this model are kept in bfloat16")
        }
        return buffer.view
    }

    /// Lends the numbers of a tensor as floats, whatever their precision.
    package func withFloats<Result>(
        of entry: ParameterLayout.Entry,
        _ body: (FloatView) throws -> Result
    ) rethrows -> Result {
        try weights.withFloats(of: entry, body)
    }

    /// Takes the numbers of a tensor, rounded where it is kept in bfloat16.
    package func setValues(of entry: ParameterLayout.Entry, from floats: FloatView) {
        precondition(floats.count == entry.range.count, "\(floats.count) for \(entry.name)")
        weights.store(floats, in: entry)
    }

    /// The number of bytes of all parameters.
    package var byteCount: Int { weights.byteCount }

    /// The number of parameters; tied ones count once.
    public var parameterCount: Int { layout.elementCount }

    /// The parameters of one tensor, or nil when the model has none of that name.
    package func parameters(named name: String) -> FloatView? {
        layout.entry(named: name).map { parameters[$0.range] }
    }

    var views: ModelViews<WeightMatrix> { weights.views(layout, configuration) }

    /// The heads, whose numbers and widths are the same in all layers.
    var attention: Attention { configuration.attention(inLayer: 0) }
}
