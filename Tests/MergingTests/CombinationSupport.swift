import Kernels
import Merging
import TestSupport

/// Applies arithmetic to lists, in parts that end at the given places.
func combine(
    _ combination: TensorCombination,
    _ models: [[Float]],
    tensor: String = "tensor",
    cuts: [Int] = []
) -> [Float] {
    let count = models[0].count
    let owners = models.map { OwnedMatrix($0, rows: 1, columns: count) }
    let output = OwnedMatrix([Float](repeating: .nan, count: count), rows: 1, columns: count)
    let borders = [0] + cuts.filter { $0 < count } + [count]
    for (start, end) in zip(borders, borders.dropFirst()) {
        combination.apply(
            owners.map { $0.vector[start..<end] },
            into: output.vector[start..<end],
            part: TensorPart(of: tensor, from: start)
        )
    }
    return withExtendedLifetime(owners) { output.values }
}

/// The bits of numbers: equal bits are equal zeros too.
func bits(_ values: [Float]) -> [UInt32] { values.map(\.bitPattern) }

/// A base and models near it; every fourth entry is that of the base, and steps are coarse, so that
/// many changes have one magnitude.
func models(_ number: Int, count: Int, step: Float = 0.125) -> [[Float]] {
    let base = sampleValues(count, seed: 100).map { ($0 / step).rounded() * step }
    return [base]
        + (0..<number).map { model in
            let change = sampleValues(count, seed: UInt64(model))
            return base.indices.map { i in
                base[i] + ((i + model) % 4 == 0 ? 0 : (change[i] / step).rounded() * step)
            }
        }
}
