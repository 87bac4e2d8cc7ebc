import Checkpointing
import Foundation
import Foundations
import Kernels
import MergeMethods
import Merging
import Testing
import Transformer

/// LoRA adapters as PEFT stores them.
@Suite("LoRA adapters as experts")
struct AdapterTests {
    private let workspace = MergeWorkspace(threadCount: 2)
    private static let shape = MergeFolders.shape(layers: 4)

    /// The factors of one matrix.
    private struct Factors {
        var a: [Float]
        var b: [Float]
        var rank: Int
    }

    /// An adapter that is known number by number.
    private struct Adapter {
        var input: MergeInput
        var scale: (String) -> Double
        var factors: [String: Factors]

        /// The matrix with its change.
        func changed(_ matrix: [Float], _ module: String) -> [Float] {
            guard let factors = factors[module] else { return matrix }
            let columns = factors.a.count / factors.rank
            return matrix.indices.map { index in
                let (row, column) = index.quotientAndRemainder(dividingBy: columns)
                let product = (0..<factors.rank).reduce(0.0) {
                    $0 + Double(factors.b[row * factors.rank + $1])
                        * Double(factors.a[$1 * columns + column])
                }
                return Float(Double(matrix[index]) + scale(module) * product)
            }
        }
    }

    private func adapter(
        _ name: String,
        in folders: MergeFolders,
        seed: UInt64,
        rank: Int = 2,
        halves: [String] = ["self_attn.q_proj", "mlp.down_proj"],
        settings: [String: Any] = [:]
    ) throws -> Adapter {
        let layout = ParameterLayout(Self.shape)
        var generator = SeededGenerator(seed: seed, stream: "adapter")
        var factors: [String: Factors] = [:]
        for entry in layout.entries {
            let module = String(entry.name.dropLast(".weight".count))
            guard halves.contains(where: module.hasSuffix) else { continue }
            func numbers(_ count: Int) -> [Float] {
                (0..<count).map { _ in Float(generator.normal()) }
            }
            let rank = module.contains("layers.1.") ? rank + 1 : rank
            factors[module] = Factors(
                a: numbers(rank * entry.shape[1]),
                b: numbers(entry.shape[0] * rank),
                rank: rank
            )
        }
        let folder = folders.folder(name)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        var tensors: [(TensorDescription, [Float])] = []
        for (module, part) in factors.sorted(by: { $0.key < $1.key }) {
            for (letter, values, shape) in [
                ("A", part.a, [part.rank, part.a.count / part.rank]),
                ("B", part.b, [part.b.count / part.rank, part.rank]),
            ] {
                let name = "base_model.model.\(module).lora_\(letter).weight"
                tensors.append(
                    (
                        try TensorDescription(name: name, elementType: .float32, shape: shape),
                        values
                    )
                )
            }
        }
        let file = folder.appending(path: "adapter_model.safetensors")
        let values = Dictionary(uniqueKeysWithValues: tensors.map { ($0.0.name, $0.1) })
        try SafetensorsWriter.write(tensors.map(\.0), to: file) { tensor, emit in
            try (values[tensor.name] ?? []).withUnsafeBytes { try emit($0) }
        }
        var configuration: [String: Any] = [
            "peft_type": "LORA", "r": rank, "lora_alpha": 6, "bias": "none",
            "alpha_pattern": ["layers.1.self_attn.q_proj": 5],
        ]
        configuration.merge(settings) { _, new in new }
        try JSONSerialization.data(withJSONObject: configuration).write(
            to: folder.appending(path: "adapter_config.json")
        )
        let divides: (Int) -> Double =
            settings["use_rslora"] as? Bool == true
            ? { Double($0).squareRoot() } : { Double($0) }
        return Adapter(
            input: MergeInput(name: name, folder: folder),
            scale: { module in
                let alpha = module == "model.layers.1.self_attn.q_proj" ? 5.0 : 6
                return alpha / divides(factors[module]?.rank ?? 1)
            },
            factors: factors
        )
    }

    private func floats(_ folder: URL, _ tensor: String) throws -> [Float] {
        let tensors = try TensorCollection(at: folder)
        let buffer = FloatBuffer(count: tensors.description(of: tensor)?.elementCount ?? 0)
        try tensors.readFloats(of: tensor, into: buffer.view)
        return buffer.view.array()
    }

    private let swap = LayerSwap(bottom: 1, top: 1, bottomTransition: 1)
    private let exactSwap = LayerSwap(bottom: 1, top: 1)

    @Test("An expert is its base and s B A; averages are of the sums", arguments: [false, true])
    func materialised(usesRootOfRank: Bool) throws {
        let folders = try MergeFolders()
        let base = try folders.make("base", Self.shape, seed: 1)
        let settings: [String: Any] = ["use_rslora": usesRootOfRank]
        let language = try adapter("language", in: folders, seed: 2, settings: settings)
        let math = try adapter(
            "math",
            in: folders,
            seed: 3,
            rank: 3,
            halves: ["mlp.down_proj", "self_attn.v_proj"],
            settings: settings
        )
        let report = try MergeExecutor(
            .layerSwap(swap),
            of: [language.input, math.input, base],
            workspace: workspace
        ).write(to: folders.folder("output"), version: "test")
        let weights = swap.languageWeights(layerCount: 4)
        for entry in ParameterLayout(Self.shape).entries {
            let matrix = try floats(base.folder, entry.name)
            let module = String(entry.name.dropLast(".weight".count))
            let first = language.changed(matrix, module)
            let second = math.changed(matrix, module)
            let weight = entry.layer.map { weights[$0] } ?? 1
            let found = try floats(report.output, entry.name)
            let expected = zip(first, second).map {
                Float(weight * Double($0) + (1 - weight) * Double($1))
            }
            let distance = zip(found, expected).map { abs($0 - $1) }.max() ?? 1
            #expect(distance < 1e-6, "\(entry.name): \(distance)")
        }
        // Where neither expert changes a matrix and one of them owns it, its bytes are the base's.
        #expect(
            try folders.bytes("output", "model.layers.0.mlp.up_proj.weight")
                == folders.bytes("base", "model.layers.0.mlp.up_proj.weight")
        )
        #expect(report.copiedTensors > 0)
    }

    @Test("A swap without transitions can stay an adapter, whose factors are copies")
    func adapterOfPieces() throws {
        let folders = try MergeFolders()
        let base = try folders.make("base", Self.shape, seed: 1)
        let language = try adapter("language", in: folders, seed: 2)
        let math = try adapter("math", in: folders, seed: 3, rank: 3)
        let inputs = [language.input, math.input, base]
        let executor = try MergeExecutor(
            .layerSwap(exactSwap),
            of: inputs,
            storage: MergeStorage(form: .adapter),
            workspace: workspace
        )
        let merged = MergeInput(name: "language", folder: folders.folder("pieces"))
        _ = try executor.write(to: merged.folder, version: "test")
        #expect(try executor.verify(merged.folder) == 16)
        // Beside its base it is the merged model: own ranks and own α by module count.
        let whole = try MergeExecutor(
            .layerSwap(exactSwap),
            of: inputs,
            workspace: workspace
        ).write(to: folders.folder("whole"), version: "test")
        let again = try MergeExecutor(
            .average(WeightedAverage([MergeTerm("language", 1)])),
            of: [merged, base],
            workspace: workspace
        ).write(to: folders.folder("again"), version: "test")
        for entry in ParameterLayout(Self.shape).entries {
            #expect(
                try floats(again.output, entry.name) == floats(whole.output, entry.name),
                "\(entry.name)"
            )
        }
        let text = try Data(contentsOf: merged.folder.appending(path: "adapter_config.json"))
        let values = try #require(try JSONSerialization.jsonObject(with: text) as? [String: Any])
        #expect(values["r"] as? Int == 2)
        #expect((values["rank_pattern"] as? [String: Int])?["model.layers.1.mlp.down_proj"] == 4)
        #expect(
            (values["alpha_pattern"] as? [String: Int])
                == ["model.layers.1.self_attn.q_proj": 5]
        )
        #expect((values["target_modules"] as? [String])?.count == 8)
    }

    @Test("The first pattern of the file that fits a module says its α, as in PEFT")
    func patternOrder() throws {
        let folders = try MergeFolders()
        let base = try folders.make("base", Self.shape, seed: 1)
        var language = try adapter("language", in: folders, seed: 2)
        for (patterns, alpha) in [
            (#""q_proj": 8, "layers\\.0\\..*": 16"#, 8.0),
            (#""layers\\.0\\..*": 16, "q_proj": 8"#, 16),
            (#""q_proj": 4, "layers\\.0\\..*": 16, "q_proj": 8"#, 8),
        ] {
            try folders.write(
                #"{"peft_type": "LORA", "r": 2, "lora_alpha": 6, "alpha_pattern": {\#(patterns)}}"#,
                to: "adapter_config.json",
                of: "language"
            )
            let report = try MergeExecutor(
                .average(WeightedAverage([MergeTerm("language", 1)])),
                of: [language.input, base],
                workspace: workspace
            ).write(to: folders.folder("output"), replacing: true, version: "test")
            language.scale = { $0.hasSuffix("q_proj") ? alpha / 2 : 8 }
            for module in ["model.layers.0.self_attn.q_proj", "model.layers.0.mlp.down_proj"] {
                let matrix = try floats(base.folder, "\(module).weight")
                let found = try floats(report.output, "\(module).weight")
                let expected = language.changed(matrix, module)
                let distance = zip(found, expected).map { abs($0 - $1) }.max() ?? 1
                #expect(distance < 1e-5, "\(patterns), \(module): \(distance)")
            }
        }
    }

    @Test("A plan says what the merge would refuse, and one adapter given twice is noticed")
    func planned() throws {
        let folders = try MergeFolders()
        let base = try folders.make("base", Self.shape, seed: 1)
        let language = try adapter("language", in: folders, seed: 2)
        let math = try adapter("math", in: folders, seed: 3)
        func plan(_ swap: LayerSwap, _ inputs: [MergeInput]) throws -> MergeExecutor {
            try MergeExecutor(
                .layerSwap(swap),
                of: inputs,
                storage: MergeStorage(form: .adapter),
                workspace: workspace
            )
        }
        let error = #expect(throws: AdapterError.self) {
            _ = try plan(swap, [language.input, math.input, base])
        }
        #expect(error?.description.contains("'--transition none'; in a file") == true)
        let whole = try ["language", "math"].map { name in
            try folders.make("whole-\(name)", Self.shape, seed: 4)
            return MergeInput(name: name, folder: folders.folder("whole-\(name)"))
        }
        #expect(throws: AdapterError.noAdapter(input: "language")) {
            _ = try plan(exactSwap, whole + [base])
        }
        let twin = MergeInput(name: "math", folder: language.input.folder)
        let warnings = try plan(exactSwap, [language.input, twin, base]).warnings()
        #expect(
            warnings.contains { $0.hasPrefix("'language' and 'math' are equal in every tensor") },
            "\(warnings)"
        )
        #expect(try plan(exactSwap, [language.input, math.input, base]).warnings().isEmpty)
    }

    @Test("What is no adapter, or none that is known, is refused")
    func refused() throws {
        let folders = try MergeFolders()
        let base = try folders.make("base", Self.shape, seed: 1)
        let language = try adapter("language", in: folders, seed: 2)
        let math = try adapter("math", in: folders, seed: 3)
        func write(_ swap: LayerSwap, _ inputs: [MergeInput]) throws {
            _ = try MergeExecutor(
                .layerSwap(swap),
                of: inputs,
                storage: MergeStorage(form: .adapter),
                workspace: workspace
            ).write(to: folders.folder("output"), version: "test")
        }
        func message(_ body: () throws -> Void) -> String {
            let error = #expect(throws: AdapterError.self) { try body() }
            return error?.description ?? ""
        }
        #expect(
            message { try write(swap, [language.input, math.input, base]) }
                .contains("'model.layers.1.self_attn.q_proj.weight' is 0.500 language + 0.500 math")
        )
        #expect(
            message {
                let whole = try folders.make("whole", Self.shape, seed: 4)
                let expert = MergeInput(name: "math", folder: whole.folder)
                try write(exactSwap, [language.input, expert, base])
            }.contains("'math' is a whole model")
        )
        #expect(
            message { try write(exactSwap, [language.input, math.input]) }
                .contains("give the model that it was trained on as base")
        )
        let unknown: [([String: Any], String)] = [
            (["use_dora": true], "it is a DoRA adapter"),
            (["peft_type": "IA3"], "its peft_type is 'IA3'"),
            (["modules_to_save": ["lm_head"]], "it holds whole modules"),
            (["bias": "all"], "it has biases"),
            (["fan_in_fan_out": true], "its matrices are transposed"),
            // A regular expression of thousands of brackets ended the stack.
            (["alpha_pattern": [String(repeating: "[", count: 3_000): 8]], "3000 bytes"),
            (["alpha_pattern": ["(q": 8]], "the pattern '(q' of alpha_pattern cannot be followed"),
            (["alpha_pattern": ["q": "8"]], "the 'q' of alpha_pattern has no number"),
            (["alpha_pattern": [8]], "alpha_pattern is no mapping"),
        ]
        for (number, (settings, expected)) in unknown.enumerated() {
            let name = "unknown-\(number)"
            let other = try adapter(name, in: folders, seed: 4, settings: settings)
            let expert = MergeInput(name: "math", folder: other.input.folder)
            #expect(
                message { try write(exactSwap, [language.input, expert, base]) }
                    .contains(expected)
            )
        }
        let rooted = try adapter("rooted", in: folders, seed: 4, settings: ["use_rslora": true])
        #expect(
            message {
                let expert = MergeInput(name: "math", folder: rooted.input.folder)
                try write(exactSwap, [language.input, expert, base])
            }.contains("the other by the root")
        )
        #expect(!FileManager.default.fileExists(atPath: folders.folder("output").path))
    }
}
