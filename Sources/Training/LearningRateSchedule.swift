import Foundation

/// How the learning rate moves over the steps of a run: a warm-up, then a shape.
public struct LearningRateSchedule: Codable, Hashable, Sendable {
    /// What follows the warm-up.
    public enum Shape: Codable, Hashable, Sendable {
        /// The peak to the end.
        case constant
        /// A straight line from the peak to the floor.
        case linear
        /// Half a cosine from the peak to the floor (Loshchilov and Hutter, 2017).
        case cosine
        /// The peak until the last `decaySteps`, then a straight line to the floor
        /// (Hu et al., 2024, "MiniCPM").
        case warmupStableDecay(decaySteps: Int)
    }

    /// What follows the warm-up.
    public var shape: Shape
    /// The highest rate.
    public var peak: Double
    /// The rate at the last step, as a share of the peak, from 0 to 1; without meaning where the
    /// shape is `constant`.
    public var floor: Double
    /// How many steps rise in a straight line to the peak.
    public var warmupSteps: Int
    /// The number of steps of the run.
    public var totalSteps: Int

    /// Describes a schedule.
    ///
    /// - Parameters:
    ///   - shape: What follows the warm-up.
    ///   - peak: The highest rate.
    ///   - floor: The rate at the last step, as a share of the peak.
    ///   - warmupSteps: How many steps rise to the peak.
    ///   - totalSteps: The number of steps of the run.
    public init(
        shape: Shape,
        peak: Double,
        floor: Double = 0.1,
        warmupSteps: Int,
        totalSteps: Int
    ) {
        self.shape = shape
        self.peak = peak
        self.floor = floor
        self.warmupSteps = warmupSteps
        self.totalSteps = totalSteps
    }

    /// The rate of a step, counted from 1.
    ///
    /// Step s of w warm-up steps has peak · s / w; the last step has peak · floor, and
    /// the peak itself where the shape is `constant`.
    ///
    /// - Parameter step: The step, from 1.
    /// - Returns: The learning rate.
    public func rate(at step: Int) -> Double {
        if step <= warmupSteps { return peak * Double(step) / Double(warmupSteps) }
        let lowest = peak * floor
        let after = Double(step - warmupSteps)
        let length = Double(max(totalSteps - warmupSteps, 1))
        switch shape {
        case .constant: return peak
        case .linear: return peak + (lowest - peak) * min(after / length, 1)
        case .cosine:
            return lowest + (peak - lowest) * 0.5 * (1 + cos(.pi * min(after / length, 1)))
        case .warmupStableDecay(let decaySteps):
            let left = Double(max(totalSteps - step, 0))
            guard decaySteps > 0, left < Double(decaySteps) else { return peak }
            return lowest + (peak - lowest) * left / Double(decaySteps)
        }
    }
}
