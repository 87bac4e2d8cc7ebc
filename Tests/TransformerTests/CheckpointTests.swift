import Checkpointing
import Foundation
import TestSupport
import Testing
import Transformer

@Suite("Checkpoints of a model")
struct CheckpointTests {
    private func withFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "layerswap-model-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try body(folder)
    }

    private func edit(_ folder: URL, _ change: (inout [String: Any]) -> Void) throws {
        let url = folder.appending(path: ConfigurationFields.fileName)
        let object = try JSONSerialization.jsonObject(with: Data(contentsOf: url))
        var values = try #require(object as? [String: Any])
        change(&values)
        try JSONSerialization.data(withJSONObject: values).write(to: url)
    }

    @Test("a written model is read back, bit by bit", arguments: ParityFixture.all)
    func roundTrip(_ fixture: ParityFixture) throws {
        try withFolder { folder in
            let model = try fixture.model()
            try model.write(to: folder)
            let read = try TransformerModel(at: folder)
            #expect(read.configuration == model.configuration)
            withExtendedLifetime((read, model)) {
                #expect(read.parameters.array() == model.parameters.array())
            }
        }
    }

    @Test(
        "transformers loads what we write and gives the same logits",
        .enabled(if: Python.withTorch != nil, "no Python with torch and transformers is installed"),
        arguments: ParityFixture.all
    )
    func pythonLoads(_ fixture: ParityFixture) throws {
        struct Reply: Decodable {
            let parameters: Int
            let logits: [[[Float]]]
        }
        let python = try #require(Python.withTorch)
        try withFolder { folder in
            let model = try fixture.model()
            try model.write(to: folder)
            let input = try fixture.input()
            let segments = zip(input.segmentOffsets, input.segmentOffsets.dropFirst())
                .map { Array(input.tokens[$0..<$1]) }
            let question = folder.appending(path: "input.json")
            try JSONEncoder().encode(["segments": segments]).write(to: question)
            let script = ParityFixture.folder.appending(path: "check_checkpoint.py")
            let output = try python.run([script.path, folder.path, question.path])
            let reply = try JSONDecoder().decode(Reply.self, from: output)
            #expect(reply.parameters == model.parameterCount)
            let scorer = SequenceScorer(model: model, threadCount: 1)
            let found = try scorer.logits(of: input, at: Array(input.tokens.indices)).flatMap { $0 }
            let error = relativeError(found, reply.logits.flatMap { $0.flatMap { $0 } })
            #expect(error < Tolerance.logits)
        }
    }

    @Test(
        "a configuration that is not computed is refused by name",
        arguments: [
            ("model_type", "\"gpt2\""), ("hidden_act", "\"gelu\""), ("attention_bias", "1"),
            ("head_dim", "7"), ("num_key_value_heads", "3"), ("vocab_size", "-1"),
            ("vocab_size", "1e300"), ("hidden_size", "\"32\""), ("rms_norm_eps", "0"),
            ("rope_scaling", "{\"rope_type\": \"longrope\"}"),
        ]
    )
    func wrongConfiguration(key: String, value: String) throws {
        try withFolder { folder in
            try ParityFixture.all[0].model().write(to: folder)
            let replacement = try JSONSerialization.jsonObject(
                with: Data(value.utf8),
                options: .fragmentsAllowed
            )
            try edit(folder) {
                $0[key] = replacement
                if key == "rope_scaling" { $0["rope_parameters"] = nil }
            }
            let error = #expect(throws: ConfigurationError.self) {
                try TransformerModel(at: folder)
            }
            let named = key == "rope_scaling" ? "rope_type" : key
            #expect(error?.key == named && error?.path.hasSuffix("config.json") == true)
        }
    }

    @Test("missing, unknown and misshapen tensors are refused by name")
    func wrongTensors() throws {
        try withFolder { folder in
            try ParityFixture.all[0].model().write(to: folder)
            try edit(folder) { $0["num_hidden_layers"] = 4 }
            let missing = #expect(throws: CheckpointError.self) { try TransformerModel(at: folder) }
            #expect(missing?.description.contains("model.layers.3.") == true)
            try edit(folder) { $0["num_hidden_layers"] = 2 }
            let unknown = #expect(throws: CheckpointError.self) { try TransformerModel(at: folder) }
            #expect(unknown?.description.contains("model.layers.2.") == true)
            try edit(folder) {
                $0["num_hidden_layers"] = 3
                $0["intermediate_size"] = 40
            }
            let shape = #expect(throws: CheckpointError.self) { try TransformerModel(at: folder) }
            #expect(shape?.description.contains("mlp.") == true)
        }
    }

    @Test(
        "a file that is there is not overwritten, and nothing is written beside it",
        arguments: ["config.json", "generation_config.json", "model.safetensors"]
    )
    func existing(name: String) throws {
        try withFolder { folder in
            let file = folder.appending(path: name)
            try Data("mine".utf8).write(to: file)
            let model = ReferenceModel.tiny(tied: true)
            #expect(throws: FolderError.exists(path: file.path)) { try model.write(to: folder) }
            #expect(try Data(contentsOf: file) == Data("mine".utf8))
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [name])
        }
    }

    @Test("a double beyond single precision is named as such, and not as damage")
    func beyondSingle() throws {
        try withFolder { folder in
            let model = ReferenceModel.tiny(tied: true)
            try model.write(to: folder)
            try SafetensorsWriter.write(
                model.layout.entries.map {
                    try TensorDescription(name: $0.name, elementType: .float64, shape: $0.shape)
                },
                to: folder.appending(path: TensorCollection.fileName),
                replacing: true
            ) { tensor, emit in
                var values = [Double](repeating: 1, count: tensor.shape.reduce(1, *))
                if tensor.name == "model.norm.weight" { values[5] = 1e300 }
                try values.withUnsafeBytes(emit)
            }
            let error = #expect(throws: ModelNumberError.self) { try TransformerModel(at: folder) }
            let words = error?.description ?? ""
            #expect(words.contains("'model.norm.weight' holds 1e+300 at element 5"), "\(words)")
            #expect(!words.contains("damaged"))
        }
    }
}

/// A Python that has torch and transformers, if this machine has one.
struct Python {
    let executable: URL

    /// `LAYERSWAP_PYTHON` names one; otherwise `python3` on the path is tried.
    static let withTorch: Python? = {
        let environment = ProcessInfo.processInfo.environment
        let path = (environment["PATH"] ?? "").split(separator: ":").map { "\($0)/python3" }
        return ([environment["LAYERSWAP_PYTHON"]].compactMap { $0 } + path)
            .filter(FileManager.default.isExecutableFile)
            .map { Python(executable: URL(filePath: $0)) }
            .first { (try? $0.run(["-c", "import torch, transformers"])) != nil }
    }()

    struct Failure: Error { let status: Int32 }

    func run(_ arguments: [String]) throws -> Data {
        let process = Process()
        let output = Pipe()
        process.executableURL = executable
        process.arguments = arguments
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(status: process.terminationStatus)
        }
        return data
    }
}
