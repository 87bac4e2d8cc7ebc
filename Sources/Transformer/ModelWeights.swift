import Kernels

/// Where the vectors of a model lie side by side when its matrices are kept elsewhere.
///
/// Gains and biases are few; each thread can have gradients of its own for them.
struct VectorPlaces: Sendable {
    /// The number of elements of all vectors together.
    let count: Int

    /// The place of each vector by its first element in the model's layout.
    private let places: [Int: Int]

    init(_ layout: ParameterLayout) {
        var places: [Int: Int] = [:]
        var next = 0
        for entry in layout.entries where !entry.role.isMatrix {
            places[entry.range.lowerBound] = next
            next += entry.range.count
        }
        self.places = places
        count = next
    }

    /// The place of a vector, or of vectors that follow each other, given by their range in the
    /// layout.
    func callAsFunction(_ range: Range<Int>) -> Range<Int> {
        guard let start = places[range.lowerBound] else {
            preconditionFailure("no vector begins at \(range.lowerBound)")
        }
        return start..<(start + range.count)
    }
}

/// The numbers of a model: one flat buffer of floats, or matrices in bfloat16 beside vectors in
/// floats.
enum ModelWeights: Sendable {
    case single(SharedBuffer)
    case half(matrices: BFloat16Buffer, vectors: SharedBuffer, places: VectorPlaces)

    init(_ layout: ParameterLayout, _ precision: LinearPrecision) {
        switch precision {
        case .float32: self = .single(SharedBuffer(count: layout.elementCount))
        case .bfloat16:
            let places = VectorPlaces(layout)
            self = .half(
                matrices: BFloat16Buffer(count: layout.elementCount),
                vectors: SharedBuffer(count: places.count),
                places: places
            )
        }
    }

    /// The number of bytes.
    var byteCount: Int {
        switch self {
        case .single(let buffer): 4 * buffer.view.count
        case .half(let matrices, let vectors, _): matrices.byteCount + 4 * vectors.view.count
        }
    }

    /// All tensors as products take them.
    func views(
        _ layout: ParameterLayout,
        _ configuration: ModelConfiguration
    ) -> ModelViews<WeightMatrix> {
        ModelViews(
            layout: layout,
            configuration: configuration,
            matrix: { range, rows, columns in
                switch self {
                case .single(let buffer):
                    .single(MatrixView(buffer.view[range], rows: rows, columns: columns))
                case .half(let matrices, _, _):
                    .half(matrices.matrix(range, rows: rows, columns: columns))
                }
            },
            vector: { range in
                switch self {
                case .single(let buffer): buffer.view[range]
                case .half(_, let vectors, let places): vectors.view[places(range)]
                }
            }
        )
    }

    /// Takes the numbers of a tensor, rounded where it is kept in bfloat16.
    func store(_ floats: FloatView, in entry: ParameterLayout.Entry) {
        switch self {
        case .single(let buffer): buffer.view[entry.range].copy(from: floats)
        case .half(let matrices, let vectors, let places):
            if entry.role.isMatrix {
                matrices.round(floats, at: entry.range.lowerBound)
            } else {
                vectors.view[places(entry.range)].copy(from: floats)
            }
        }
    }

    /// Lends the numbers of a tensor as floats; changes of a copy are lost.
    func withFloats<Result>(
        of entry: ParameterLayout.Entry,
        _ body: (FloatView) throws -> Result
    ) rethrows -> Result {
        switch self {
        case .single(let buffer): return try body(buffer.view[entry.range])
        case .half(let matrices, let vectors, let places):
            guard entry.role.isMatrix else { return try body(vectors.view[places(entry.range)]) }
            let copy = SharedBuffer(count: entry.range.count)
            matrices.expand(entry.range, into: copy.view)
            return try withExtendedLifetime(copy) { try body(copy.view) }
        }
    }
}
