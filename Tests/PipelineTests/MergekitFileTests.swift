import Checkpointing
import Foundation
import Kernels
import Merging
import Pipeline
import Testing

/// Configuration files that mergekit 0.1.5 and this project both follow, and what mergekit makes of
/// them (`Tests/MergingTests/Fixtures/make_fixtures.py`).
@Suite("Files of mergekit")
struct MergekitFileTests {
    private static let fixtures = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "MergingTests/Fixtures/mergekit")
    private static let parts = ["language", "math", "base"]

    /// A folder with the models of the fixtures, which is removed in the end.
    private final class Place {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "layerswap-mergekit-\(UUID().uuidString)"
        )

        init() throws {
            for part in MergekitFileTests.parts {
                let model = folder.appending(path: part)
                try FileManager.default.createDirectory(
                    at: model,
                    withIntermediateDirectories: true
                )
                for (source, copy) in [
                    ("config.json", "config.json"), ("\(part).safetensors", "model.safetensors"),
                ] {
                    try FileManager.default.copyItem(
                        at: MergekitFileTests.fixtures.appending(path: source),
                        to: model.appending(path: copy)
                    )
                }
            }
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
            return try MergekitFileTests.numbers(TensorCollection(at: output))
        }

        func tool(settings: [(String, String)]) throws -> MergeTool {
            try MergeTool(
                MergeRequest(
                    settings: settings.map { (key: $0.0, value: $0.1) },
                    folders: MergekitFileTests.parts.map { ($0, folder.appending(path: $0)) },
                    storage: MergeStorage(elementType: .float32)
                ),
                threads: 2
            )
        }
    }

    private static func numbers(_ tensors: TensorCollection) throws -> [String: [Float]] {
        var numbers: [String: [Float]] = [:]
        for tensor in tensors.tensors {
            let buffer = FloatBuffer(count: tensor.elementCount)
            try tensors.readFloats(of: tensor.name, into: buffer.view)
            numbers[tensor.name] = buffer.view.array()
        }
        return numbers
    }

    private static func expectEqual(
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

    private static let exports: [(name: String, settings: [(String, String)])] = [
        (
            "exported-swap",
            [
                ("method", "layer-swap"), ("bottom", "1"), ("top", "1"), ("bottom_transition", "1"),
                ("top_transition", "0"), ("transition", "constant 0.25"),
                ("embeddings", "blend 0.75"), ("head", "math"),
            ]
        ),
        (
            "exported-halves",
            [
                ("method", "layer-swap"),
                ("coefficients", "{attention: [1, 0.5, 0.5], mlp: [0, 0.5, 0.25]}"),
                ("final_norm", "base"),
            ]
        ),
        (
            "exported-ties",
            [
                ("method", "ties"), ("weights", "{math: 0.7, language: 0.5}"), ("density", "0.25"),
                ("lambda", "0.9"),
            ]
        ),
        ("exported-slerp", [("method", "slerp"), ("weights", "{math: 0.6, language: 0.4}")]),
    ]

    @Test(
        "A file gives the numbers that mergekit makes of it",
        arguments: ["gradient", "slices", "passthrough", "slerp", "ties"] + exports.map(\.name)
    )
    func followed(name: String) throws {
        let files = Self.fixtures.appending(path: "files")
        let text = try String(
            contentsOf: files.appending(path: "\(name).yaml"),
            encoding: .utf8
        )
        let place = try Place()
        let expected = try TensorCollection(at: files.appending(path: "\(name).safetensors"))
        Self.expectEqual(
            try place.numbers(place.tool(text)),
            try Self.numbers(expected),
            name
        )
    }

    @Test(
        "A merge is written as mergekit's file, which gives the same",
        arguments: 0..<exports.count
    )
    func written(example: Int) throws {
        let (name, settings) = Self.exports[example]
        let place = try Place()
        let tool = try place.tool(settings: settings)
        let text = try tool.mergekitConfiguration()
        let root = place.folder.path(percentEncoded: false)
        let expected = try String(
            contentsOf: Self.fixtures.appending(path: "files/\(name).yaml"),
            encoding: .utf8
        )
        #expect(text.replacing("\(root)/", with: "") + "\n" == expected)
        Self.expectEqual(
            try place.numbers(place.tool(text)),
            try place.numbers(tool),
            name
        )
    }

    @Test(
        "What mergekit cannot express is refused with the reason",
        arguments: [
            (
                [("method", "layer-swap"), ("bottom_transition", "1"), ("interpolation", "slerp")],
                "one method for all tensors"
            ),
            ([("method", "trimmed")], "no method like 'trimmed'"),
        ]
    )
    func notWritten(settings: [(String, String)], expected: String) throws {
        let place = try Place()
        let tool = try place.tool(settings: settings)
        let error = #expect(throws: MergekitExportError.self) { try tool.mergekitConfiguration() }
        #expect(error?.description.contains(expected) == true)
    }

    @Test(
        "What this project cannot follow is refused with the place and the reason",
        arguments: [
            ("merge_method: nuslerp\nmodels: [{model: math}]", "other methods are not known here"),
            ("merge_method: linear\nmodels: [{model: org/name}]", "must be downloaded first"),
            ("merge_method: linear\nmodels: [{model: math}]", "'weight' of 'math' is missing"),
            (
                "merge_method: linear\nmodels: [{model: math, parameters: {wieght: 1}}]",
                "did you mean \"weight\"?"
            ),
            (
                "merge_method: linear\nmodels: [{model: math}]\ntokenizer_source: union",
                "tokens are not merged here"
            ),
            (
                "merge_method: linear\nmodels: [{model: math}]\nmodules: {text: {}}",
                "models of several parts"
            ),
            (
                "merge_method: passthrough\nslices:\n"
                    + "  - sources: [{model: math, layer_range: [0, 2]}]\n"
                    + "  - sources: [{model: language, layer_range: [0, 2]}]",
                "layer 0 of 'language' would become layer 2"
            ),
            (
                "merge_method: passthrough\nslices:\n"
                    + "  - sources: [{model: math, layer_range: [0, 2]}]",
                "the slices make 2 layers; expected the 3"
            ),
            (
                "merge_method: ties\nbase_model: base\nmodels:\n"
                    + "  - {model: math, parameters: {weight: 1, density: 0.5}}\n"
                    + "  - {model: language, parameters: {weight: 1, density: 0.25}}",
                "models have different values of 'density'"
            ),
            (
                "merge_method: ties\nmodels:\n  - {model: math, parameters: {weight: 1}}",
                "a base_model and one or more others"
            ),
            (
                "merge_method: dare_ties\nbase_model: base\nparameters: {rescale: false}\n"
                    + "models:\n  - {model: math, parameters: {weight: 1}}",
                "'rescale': with dare_ties only true"
            ),
            (
                "merge_method: linear\nmodels:\n  - {model: math, parameters: {weight: 1}}\n"
                    + "  - {model: language, parameters: {weight: -1}}",
                "add up to zero"
            ),
        ]
    )
    func notFollowed(text: String, expected: String) throws {
        let place = try Place()
        let error = #expect(throws: (any Error).self) { try place.tool(text) }
        let description = error.map { "\($0)" } ?? ""
        #expect(description.contains(expected), "\(description)")
    }

    @Test("The record of a merge by such a file repeats it")
    func verified() throws {
        let place = try Place()
        let output = place.folder.appending(path: "output")
        let text = """
            merge_method: slerp
            base_model: math
            models: [{model: math}, {model: language}]
            parameters: {t: [{filter: mlp, value: [0, 1]}, {value: 0.5}]}
            """
        _ = try place.tool(text).write(to: output, replacing: false) { _ in }
        let again = try MergeTool(MergeRequest(recordedIn: output), threads: 1)
        #expect(try again.verify(output) { _ in } > 20)
    }
}
