/// The value of a parameter in a mergekit configuration, which may depend on the tensor.
///
/// - a number or a truth value;
/// - a gradient: numbers that stand at equal distances over the layers of a slice, and between
///   which is interpolated;
/// - conditions: pairs of a filter and a value, of which the first counts whose filter is part of
///   the tensor's name.
package indirect enum MergekitSetting: Hashable, Codable, Sendable {
    /// One number for all tensors.
    case number(Double)
    /// One truth value for all tensors.
    case boolean(Bool)
    /// Numbers along the layers.
    case gradient([Double])
    /// Values by name; a filter that is nil, or `*`, fits every name.
    case conditions([Condition])

    /// One pair of a filter and a value.
    package struct Condition: Hashable, Codable, Sendable {
        /// Part of the name of a tensor; nil for any name.
        package var filter: String?
        /// The value where it fits.
        package var value: MergekitSetting

        /// A value for names with a part.
        package init(filter: String?, value: MergekitSetting) {
            self.filter = filter
            self.value = value
        }

        func fits(_ tensor: String) -> Bool {
            guard let filter, filter != "*" else { return true }
            return tensor.contains(filter)
        }
    }

    /// The number at a tensor, nil when no condition fits; true is 1 and false 0.
    ///
    /// - Parameters:
    ///   - tensor: The name.
    ///   - position: The place of the tensor's layer in its slice, from 0 to 1; 0 outside of
    ///     layers.
    /// - Returns: The number.
    func number(of tensor: String, at position: Double) -> Double? {
        switch self {
        case .number(let value): return value
        case .boolean(let value): return value ? 1 : 0
        case .gradient(let values):
            guard let last = values.indices.last else { return nil }
            let scaled = position * Double(last)
            let lower = Int(scaled)
            let share = scaled - Double(lower)
            return (1 - share) * values[lower] + share * values[min(last, lower + 1)]
        case .conditions(let conditions):
            return conditions.first { $0.fits(tensor) }?.value.number(of: tensor, at: position)
        }
    }

    /// The truth value at a tensor, nil when no condition fits or the value is another number than
    /// 1 and 0.
    func boolean(of tensor: String) -> Bool? {
        switch self {
        case .boolean(let value): value
        case .number(let value): value == 1 ? true : value == 0 ? false : nil
        case .gradient: nil
        case .conditions(let conditions):
            conditions.first { $0.fits(tensor) }?.value.boolean(of: tensor)
        }
    }
}
