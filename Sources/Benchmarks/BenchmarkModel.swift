import Foundation
import Kernels
import Transformer

/// The model of a measurement: a shape with made-up weights, or a checkpoint folder.
package enum BenchmarkModel: Sendable {
    /// Made-up weights.
    case shape(ModelConfiguration)
    /// A folder in the Hugging Face form.
    case folder(URL)

    /// The shape of SmolLM2-135M.
    static let smolLM2: ModelConfiguration = {
        var shape = ModelConfiguration(
            vocabularySize: 49_152,
            modelWidth: 576,
            layerCount: 30,
            headCount: 9,
            keyValueHeadCount: 3,
            hiddenWidth: 1_536
        )
        shape.ropeTheta = 100_000
        shape.maximumPositions = 8_192
        return shape
    }()

    /// Shapes of published models that have a name here.
    package static let namedShapes: [String: ModelConfiguration] = [
        "smollm2-135m": smolLM2,
        "tinyllama-1.1b": ModelConfiguration(
            vocabularySize: 32_000,
            modelWidth: 2_048,
            layerCount: 22,
            headCount: 32,
            keyValueHeadCount: 4,
            hiddenWidth: 5_632,
            tiedEmbeddings: false
        ),
    ]

    /// A shape by its name, or else a folder.
    package init(_ text: String) {
        self = Self.namedShapes[text].map(BenchmarkModel.shape) ?? .folder(URL(filePath: text))
    }

    /// What is wrong with a text that should be a shape's name or a folder; nil when nothing is.
    package static func problem(in text: String) -> String? {
        guard namedShapes[text] == nil, !FileManager.default.fileExists(atPath: text) else {
            return nil
        }
        let names = namedShapes.keys.sorted().joined(separator: ", ")
        return "found \"\(text)\", expected a model folder or the name of a shape: \(names)"
    }

    /// The shape.
    ///
    /// - Throws: Errors of reading a folder.
    package func configuration() throws -> ModelConfiguration {
        switch self {
        case .shape(let shape): shape
        case .folder(let folder): try TransformerModel.configuration(at: folder)
        }
    }

    /// Loads the folder, or makes weights up that differ from each other and mean nothing.
    ///
    /// - Parameter precision: How matrices are kept.
    /// - Returns: The model.
    /// - Throws: Errors of reading a folder.
    package func load(precision: LinearPrecision) throws -> TransformerModel {
        switch self {
        case .folder(let folder): return try TransformerModel(at: folder, precision: precision)
        case .shape(let shape):
            let model = TransformerModel(zeros: shape, precision: precision)
            let entries = model.layout.entries
            let pool = WorkerPool(threadCount: Processor.current.coreCount)
            pool.perform(count: entries.count) { Self.fill(entries[$0], of: model, seed: $0) }
            return model
        }
    }

    /// Loads the folder as it is stored, or in bfloat16 when that is asked for.
    ///
    /// - Throws: Errors of reading a folder.
    package func loadForReading(_ precision: LinearPrecision) throws -> TransformerModel {
        if case .folder(let folder) = self, precision == .float32 {
            return try TransformerModel(forReading: folder)
        }
        return try load(precision: precision)
    }

    /// Numbers around zero for matrices and ones for vectors; drawing normal ones of a large model
    /// would take minutes.
    private static func fill(_ entry: ParameterLayout.Entry, of model: TransformerModel, seed: Int)
    {
        let values = SharedBuffer(count: entry.range.count)
        values.view.fill(1)
        if entry.role.isMatrix {
            var state = UInt32(truncatingIfNeeded: seed &* 2_654_435_761) | 1
            values.view.withUnsafeMutableBytes { bytes in
                for place in stride(from: 0, to: bytes.count, by: 4) {
                    state ^= state << 13
                    state ^= state >> 17
                    state ^= state << 5
                    let value = Float(Int32(bitPattern: state)) * (0.035 / Float(Int32.max))
                    bytes.storeBytes(of: value, toByteOffset: place, as: Float.self)
                }
            }
        }
        withExtendedLifetime(values) { model.setValues(of: entry, from: values.view) }
    }
}
