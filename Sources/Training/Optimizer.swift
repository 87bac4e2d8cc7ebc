import Foundation
import Kernels
import Transformer

/// AdamW over a model's flat buffer, with clipping by the global norm.
///
/// The gradient that arrives is that of the summed loss: division by the number of counted tokens
/// and clipping are one factor, applied on the way into the moments.
final class Optimizer: Sendable {
    let firstMoment: SharedBuffer
    let secondMoment: SharedBuffer

    private let settings: OptimizerSettings
    private let pool: WorkerPool
    private let pieces: [Piece]

    /// A stretch of one tensor; its borders depend on the model alone, and so do all sums.
    private struct Piece {
        let range: Range<Int>
        let weightDecay: Double
    }

    private static let pieceLength = 1 << 15

    init(model: TransformerModel, settings: OptimizerSettings, pool: WorkerPool) {
        self.settings = settings
        self.pool = pool
        firstMoment = SharedBuffer(count: model.parameterCount)
        secondMoment = SharedBuffer(count: model.parameterCount)
        pieces = model.layout.entries.flatMap { entry in
            stride(from: entry.range.lowerBound, to: entry.range.upperBound, by: Self.pieceLength)
                .map { start in
                    Piece(
                        range: start..<min(start + Self.pieceLength, entry.range.upperBound),
                        weightDecay: entry.role.isMatrix ? settings.weightDecay : 0
                    )
                }
        }
    }

    /// √ Σ g² over all tensors.
    func norm(of gradients: FloatView) -> Double {
        var partial = [Double](repeating: 0, count: pieces.count)
        partial.withUnsafeMutableBufferPointer { partial in
            let sums = SharedSlots(partial)
            pool.perform(count: pieces.count) { index in
                sums[index] = Elementwise.sumOfSquares(gradients[pieces[index].range])
            }
        }
        return partial.reduce(0, +).squareRoot()
    }

    /// One update of all parameters.
    ///
    /// - Parameters:
    ///   - parameters: Overwritten.
    ///   - gradients: Of the summed loss.
    ///   - norm: Their norm.
    ///   - countedTokens: What the summed loss is divided by, above zero.
    ///   - learningRate: η.
    ///   - step: The number of this update, from 1.
    func update(
        parameters: FloatView,
        gradients: FloatView,
        norm: Double,
        countedTokens: Int,
        learningRate: Double,
        step: Int
    ) {
        let mean = 1 / Double(countedTokens)
        var scale = mean
        if let clip = settings.gradientClip, norm * mean > clip {
            // The same guard against division by zero as torch.nn.utils.clip_grad_norm_.
            scale *= clip / (norm * mean + 1e-6)
        }
        let rule = AdamW(
            learningRate: learningRate,
            beta1: settings.beta1,
            beta2: settings.beta2,
            epsilon: settings.epsilon,
            step: step
        )
        let factor = Float(scale)
        pool.perform(count: pieces.count) { index in
            let piece = pieces[index]
            rule.update(
                parameters: parameters[piece.range],
                gradients: gradients[piece.range],
                firstMoment: firstMoment.view[piece.range],
                secondMoment: secondMoment.view[piece.range],
                gradientScale: factor,
                weightDecay: piece.weightDecay
            )
        }
    }
}
