import Checkpointing
import Foundation
import Kernels
import MergeFiles
import Merging
import RecipeDocuments
import Recipes
import Testing

/// A folder with the models of the fixtures, which is removed in the end.
final class MergekitPlace {
    /// Models, and what mergekit 0.1.5 makes of them.
    static let fixtures = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "MergingTests/Fixtures/mergekit")
    /// The models.
    static let parts = ["language", "math", "base"]

    let folder = FileManager.default.temporaryDirectory.appending(
        path: "layerswap-mergekit-\(UUID().uuidString)"
    )

    init() throws {
        for part in MergekitPlace.parts {
            let model = folder.appending(path: part)
            try FileManager.default.createDirectory(
                at: model,
                withIntermediateDirectories: true
            )
            for (source, copy) in [
                ("config.json", "config.json"), ("\(part).safetensors", "model.safetensors"),
            ] {
                try FileManager.default.copyItem(
                    at: MergekitPlace.fixtures.appending(path: source),
                    to: model.appending(path: copy)
                )
            }
        }
        try FileManager.default.copyItem(
            at: MergekitPlace.fixtures.appending(path: "adapter"),
            to: folder.appending(path: "adapter")
        )
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// Writes a file beside the models.
    func write(_ text: String, _ name: String = "merge.yaml") throws -> URL {
        let file = folder.appending(path: name)
        try Data(text.utf8).write(to: file)
        return file
    }

    func tool(_ text: String) throws -> MergeTool {
        try MergeTool(recipe: write(text), overrides: [], threads: 2)
    }

    /// All numbers of a merge that flags describe, or a file.
    func numbers(_ tool: MergeTool) throws -> [String: [Float]] {
        let output = folder.appending(path: UUID().uuidString)
        _ = try tool.write(to: output, replacing: false) { _ in }
        return try MergekitPlace.numbers(TensorCollection(at: output))
    }

    func tool(settings: [(String, String)]) throws -> MergeTool {
        let text = settings.map { "\($0.0): \($0.1)" }.joined(separator: "\n")
        let document = try RecipeDocument(text: text, file: "settings")
        return try MergeTool(
            MergeRequest(
                settings: MergeParameters(document.value),
                folders: MergekitPlace.parts.map { ($0, folder.appending(path: $0)) },
                storage: MergeStorage(elementType: .float32)
            ),
            threads: 2
        )
    }

    /// All numbers of a checkpoint.
    static func numbers(_ tensors: TensorCollection) throws -> [String: [Float]] {
        var numbers: [String: [Float]] = [:]
        for tensor in tensors.tensors {
            let buffer = FloatBuffer(count: tensor.elementCount)
            try tensors.readFloats(of: tensor.name, into: buffer.view)
            numbers[tensor.name] = buffer.view.array()
        }
        return numbers
    }

    /// Compares numbers with those of mergekit.
    static func expectEqual(
        _ found: [String: [Float]],
        _ expected: [String: [Float]],
        _ name: String
    ) {
        #expect(Set(found.keys) == Set(expected.keys))
        for (tensor, values) in expected {
            let distance = zip(values, found[tensor] ?? []).map { abs($0 - $1) }.max() ?? 1
            // mergekit computes in single precision.
            #expect(distance < 2e-6, "\(name), \(tensor): \(distance)")
        }
    }
}
