import Foundation
import Foundations
import Kernels

/// A decoder model of the Llama family or a relative: its configuration and its parameters in one flat buffer.
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

    private let buffer: FloatBuffer

    /// A model whose parameters are all zero, to be filled by the caller.
    package init(zeros configuration: ModelConfiguration, origin: String? = nil) {
        self.configuration = configuration
        self.origin = origin
        layout = ParameterLayout(configuration)
        buffer = FloatBuffer(count: layout.elementCount)
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
    ///   - configuration: The shape.
    ///   - seed: The seed of all weights.
    public convenience init(configuration: ModelConfiguration, seed: UInt64) {
        self.init(zeros: configuration)
        let residual = 1 / (2 * Double(max(configuration.layerCount, 1))).squareRoot()
        for entry in layout.entries {
            let view = parameters[entry.range]
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
    package var parameters: FloatView { buffer.view }

    /// The number of parameters; tied ones count once.
    public var parameterCount: Int { layout.elementCount }

    /// The parameters of one tensor, or nil when the model has none of that name.
    package func parameters(named name: String) -> FloatView? {
        layout.entry(named: name).map { parameters[$0.range] }
    }

    var views: ModelViews {
        ModelViews(parameters, layout: layout, configuration: configuration)
    }

    /// The heads, whose numbers and widths are the same in all layers.
    var attention: Attention { configuration.attention(inLayer: 0) }
}
