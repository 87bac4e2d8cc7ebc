import Checkpointing
import Foundation
import Kernels
import MergeMethods

/// A LoRA adapter of PEFT, opened beside the model that it was trained on.
///
/// Its tensors are named `base_model.model.MODULE.lora_A.weight` and `lora_B`, where
/// `MODULE.weight` is a tensor of the base.
final class AdapterFolder: Sendable {
    /// The name of the weight file.
    static let fileName = "adapter_model.safetensors"

    /// One changed matrix.
    struct Module: Sendable {
        /// The name of the module, without `.weight`.
        let name: String
        /// The tensor A in the file.
        let a: TensorDescription
        /// The tensor B in the file.
        let b: TensorDescription
        /// Both, to be multiplied.
        let factors: LowRankFactors
    }

    let folder: URL
    let configuration: AdapterConfiguration
    let tensors: TensorCollection
    /// The changed matrices by the name of their tensor in the base.
    let modules: [String: Module]

    private static let prefix = "base_model.model."

    /// Opens an adapter.
    ///
    /// - Parameters:
    ///   - folder: Its folder.
    ///   - architecture: What the base consists of.
    /// - Throws: `AdapterError`; errors of reading safetensors.
    init(in folder: URL, of architecture: CheckpointArchitecture) throws {
        self.folder = folder
        configuration = try AdapterConfiguration(in: folder)
        let file = folder.appending(path: Self.fileName)
        let path = file.path(percentEncoded: false)
        tensors = try TensorCollection(at: file)
        let shapes: [String: [Int]] = Dictionary(
            architecture.tensors.map { ($0.name, $0.shape) },
            uniquingKeysWith: { first, _ in first }
        )
        var names: Set<String> = []
        for tensor in tensors.tensors {
            guard Self.isFactor(tensor.name, shapes), let module = Self.module(of: tensor.name)
            else {
                throw AdapterError.unknownTensor(
                    path: path,
                    tensor: tensor.name,
                    repair: TensorNameRepair(of: tensors.tensors.map(\.name)) {
                        Self.isFactor($0, shapes)
                    }
                )
            }
            guard tensor.elementType.convertsToFloat else {
                throw AdapterError.notNumbers(
                    path: path,
                    tensor: tensor.name,
                    type: tensor.elementType
                )
            }
            names.insert(module)
        }
        var modules: [String: Module] = [:]
        for module in names.sorted() {
            let tensor = "\(module).weight"
            // Only factors of matrices of the base have come this far.
            guard let matrix = shapes[tensor] else {
                throw AdapterError.unknownTensor(path: path, tensor: tensor, repair: nil)
            }
            modules[tensor] = try Self.open(
                module,
                matrix,
                tensors,
                configuration,
                path
            )
        }
        self.modules = modules
    }

    /// Whether one of the factors of every matrix is zero, so that the base stays as it is.
    func changesNothing() throws -> Bool {
        try modules.values.allSatisfy { module in
            try [module.a, module.b].contains { factor in
                try tensors.withBytes(of: factor.name) { bytes in bytes.allSatisfy { $0 == 0 } }
            }
        }
    }

    /// Whether another adapter changes the same matrices by the same factors, byte by byte.
    func hasSameFactors(as other: AdapterFolder) throws -> Bool {
        guard modules.count == other.modules.count else { return false }
        return try modules.allSatisfy { tensor, own in
            guard let foreign = other.modules[tensor], own.factors.scale == foreign.factors.scale
            else { return false }
            return try zip([own.a, own.b], [foreign.a, foreign.b]).allSatisfy { factor, twin in
                guard factor == twin else { return false }
                return try tensors.withBytes(of: factor.name) { bytes in
                    try other.tensors.withBytes(of: twin.name) { bytes.hasSameBytes(as: $0) }
                }
            }
        }
    }

    /// The module whose factor a tensor is; nil when it is none.
    private static func module(of tensor: String) -> String? {
        guard tensor.hasPrefix(prefix) else { return nil }
        for ending in [".lora_A.weight", ".lora_B.weight"] where tensor.hasSuffix(ending) {
            return String(tensor.dropFirst(prefix.count).dropLast(ending.count))
        }
        return nil
    }

    /// Whether a tensor is a factor of a matrix of the base.
    private static func isFactor(_ tensor: String, _ shapes: [String: [Int]]) -> Bool {
        module(of: tensor).map { shapes["\($0).weight"]?.count == 2 } ?? false
    }

    private static func open(
        _ module: String,
        _ matrix: [Int],
        _ tensors: TensorCollection,
        _ configuration: AdapterConfiguration,
        _ path: String
    ) throws -> Module {
        let a = tensors.description(of: "\(prefix)\(module).lora_A.weight")
        let b = tensors.description(of: "\(prefix)\(module).lora_B.weight")
        guard let a, let b, a.shape.count == 2, b.shape.count == 2, a.shape[0] > 0,
            a.shape[0] == b.shape[1], a.shape[1] == matrix[1], b.shape[0] == matrix[0]
        else {
            throw AdapterError.shape(
                path: path,
                module: module,
                a: a?.shape,
                b: b?.shape,
                matrix: matrix
            )
        }
        func floats(_ tensor: TensorDescription) throws -> FloatBuffer {
            let buffer = FloatBuffer(count: tensor.elementCount)
            try tensors.readFloats(of: tensor.name, into: buffer.view)
            return buffer
        }
        return Module(
            name: module,
            a: a,
            b: b,
            factors: LowRankFactors(
                a: try floats(a),
                b: try floats(b),
                rank: a.shape[0],
                rows: matrix[0],
                columns: matrix[1],
                scale: configuration.scale(of: module, rank: a.shape[0])
            )
        )
    }
}
