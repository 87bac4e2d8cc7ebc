import MergeMethods
import TestSupport
import Testing

/// Applies arithmetic to lists, in parts that end at the given places.
///
/// - Parameters:
///   - combination: The arithmetic.
///   - models: The same tensor of each of its inputs.
///   - tensor: The name of the tensor.
///   - rowLength: The length of its rows; all of it when left out.
///   - cuts: Where parts end.
///   - threads: How many threads look at the whole tensor before.
/// - Returns: The merged tensor.
func combine(
    _ combination: TensorCombination,
    _ models: [[Float]],
    tensor: String = "tensor",
    rowLength: Int? = nil,
    cuts: [Int] = [],
    threads: Int = 1
) -> [Float] {
    let count = models[0].count
    let row = rowLength ?? count
    let owners = models.map { OwnedMatrix($0, rows: 1, columns: count) }
    let output = OwnedMatrix([Float](repeating: .nan, count: count), rows: 1, columns: count)
    let pass = TensorPass(
        of: tensor,
        shape: row == count ? [count] : [count / row, row],
        sources: owners.map { .floats($0.vector) },
        workspace: MergeWorkspace(threadCount: threads)
    )
    let prepared: PreparedCombination
    do { prepared = try combination.prepare(pass) } catch {
        Issue.record("\(error)")
        return []
    }
    let borders = [0] + cuts.filter { $0 < count } + [count]
    for (start, end) in zip(borders, borders.dropFirst()) {
        prepared.apply(
            owners.map { $0.vector[start..<end] },
            into: output.vector[start..<end],
            part: TensorPart(of: tensor, from: start)
        )
    }
    return withExtendedLifetime(owners) { output.values }
}

/// Looks at a tensor that is one row.
func prepare(_ combination: TensorCombination, _ models: [[Float]]) throws {
    let owners = models.map { OwnedMatrix($0, rows: 1, columns: $0.count) }
    _ = try combination.prepare(
        TensorPass(
            of: "tensor",
            shape: [models[0].count],
            sources: owners.map { .floats($0.vector) },
            workspace: MergeWorkspace(threadCount: 1)
        )
    )
    withExtendedLifetime(owners) {}
}

/// The published methods with numbers other than the published ones.
extension TaskVectorMerge {
    static func arithmetic(_ terms: [MergeTerm], lambda: Double = 1) -> TaskVectorMerge {
        var merge = TaskVectorMerge(.taskArithmetic, terms)
        merge.lambda = lambda
        return merge
    }

    static func ties(
        _ terms: [MergeTerm],
        density: Double = 0.2,
        lambda: Double = 1
    ) -> TaskVectorMerge {
        var merge = TaskVectorMerge(.ties, terms)
        merge.trimming = .largest(density: density)
        merge.lambda = lambda
        return merge
    }

    static func dare(
        _ terms: [MergeTerm],
        density: Double = 0.5,
        lambda: Double = 1,
        seed: UInt64
    ) -> TaskVectorMerge {
        var merge = TaskVectorMerge(.dare, terms)
        merge.trimming = .random(density: density, seed: seed)
        merge.lambda = lambda
        return merge
    }
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
