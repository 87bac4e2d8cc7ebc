import Checkpointing
import Foundation
import Kernels
import Merging
import Testing
import Transformer

/// Damages bytes in ways that reach deep into a reader; the same generator damages in the same way.
private struct Damage {
    private static let numbers = [
        "0", "-1", "1", "7", "4294967296", "9007199254740993", "9223372036854775807",
        "9223372036854775808", "18446744073709551615", "18446744073709551616", "1e308", "0.5",
        "-0", "00", "1e999", "null", "[]", "true",
    ]
    private static let texts = [
        "../../outside.safetensors", "/outside", "", "\\u0000", "\\ud800", "F32", "I64",
        "__metadata__", "lm_head.weight", "model.layers.4294967296.mlp.up_proj.weight",
    ]

    var chance: SeededGenerator

    private mutating func number(below bound: Int) -> Int {
        bound < 1 ? 0 : Int(chance.next() % UInt64(bound))
    }

    private mutating func choice<Element>(_ elements: [Element]) -> Element {
        elements[number(below: elements.count)]
    }

    /// Changes a file: a safetensors file mostly keeps a length that fits its header.
    mutating func file(_ data: Data, isSafetensors: Bool) -> Data {
        guard isSafetensors, data.count >= 8 else { return text(data) }
        let length = data.prefix(8).enumerated().reduce(0) {
            $0 | Int($1.element) << (8 * $1.offset)
        }
        let end = min(data.count, 8 + length)
        switch number(below: 8) {
        case 0: return raw(data)
        case 1:
            let lengths: [UInt64] = [0, 1, 8, .max, 1 << 63, UInt64(data.count), 100_000_001]
            return withUnsafeBytes(of: choice(lengths).littleEndian) { Data($0) }
                + data.dropFirst(8)
        default:
            let header = text(Data(data[8..<end]))
            let claimed = UInt64(header.count + (number(below: 6) == 0 ? number(below: 9) : 0))
            return withUnsafeBytes(of: claimed.littleEndian) { Data($0) } + header + data[end...]
        }
    }

    /// Changes JSON, of which something often survives.
    private mutating func text(_ data: Data) -> Data {
        var data = Data(data)
        for _ in 0...number(below: 3) {
            switch number(below: 6) {
            case 0: data = raw(data)
            case 1, 2: data = replace(in: data, Self.numbers) { (48...57).contains($0) }
            case 3, 4:
                data = replace(in: data, Self.texts) {
                    $0 != 34 && $0 != 44 && $0 != 58 && $0 != 123 && $0 != 125
                }
            default: data = copied(data)
            }
        }
        return data
    }

    /// Changes, adds, takes out or cuts off bytes.
    private mutating func raw(_ data: Data) -> Data {
        var bytes = Array(data)
        let place = number(below: bytes.count)
        switch number(below: 4) {
        case 0 where !bytes.isEmpty: bytes[place] = UInt8(truncatingIfNeeded: chance.next())
        case 1: bytes.insert(UInt8(truncatingIfNeeded: chance.next()), at: place)
        case 2: bytes.removeSubrange(place..<min(bytes.count, place + number(below: 16)))
        default: bytes = Array(bytes.prefix(place))
        }
        return Data(bytes)
    }

    /// Puts something else in the place of a run of bytes.
    private mutating func replace(
        in data: Data,
        _ choices: [String],
        _ belongs: (UInt8) -> Bool
    ) -> Data {
        let bytes = Array(data)
        let starts = bytes.indices.filter {
            belongs(bytes[$0]) && ($0 == 0 || !belongs(bytes[$0 - 1]))
        }
        guard !starts.isEmpty else { return data }
        let start = choice(starts)
        let end = bytes[start...].firstIndex { !belongs($0) } ?? bytes.count
        return Data(bytes[..<start]) + Data(choice(choices).utf8) + Data(bytes[end...])
    }

    /// Repeats a piece between two commas, as a key that is there twice.
    private mutating func copied(_ data: Data) -> Data {
        let bytes = Array(data)
        let commas = bytes.indices.filter { bytes[$0] == 44 }
        guard commas.count > 1 else { return data }
        let first = number(below: commas.count - 1)
        let piece = bytes[commas[first]..<commas[first + 1]]
        let place = choice(commas)
        return Data(bytes[..<place]) + Data(piece) + Data(bytes[place...])
    }
}

/// Folders that somebody may have made to do harm.
///
/// `LAYERSWAP_FUZZ_SECONDS` makes it longer (`make fuzz` takes ten minutes), `LAYERSWAP_FUZZ_SEED` makes it
/// another; the number of the case that is being tried stands in the file that is named at the start.
@Suite("Damaged folders")
struct FuzzTests {
    private static let environment = ProcessInfo.processInfo.environment
    private static let seconds = environment["LAYERSWAP_FUZZ_SECONDS"].flatMap(Double.init) ?? 4
    private static let seed = environment["LAYERSWAP_FUZZ_SEED"].flatMap(UInt64.init) ?? 1
    private static let files = [
        "language/config.json", "language/model.safetensors", "math/config.json",
        "math/model.safetensors.index.json", "math/model-00001-of-00003.safetensors",
        "adapter/adapter_config.json", "adapter/adapter_model.safetensors",
    ]

    @Test("Whatever a file holds: an error and nothing written, or a model, and never a crash")
    func damaged() throws {
        let folders = try MergeFolders()
        let shape = MergeFolders.shape(layers: 2)
        let workspace = MergeWorkspace(threadCount: 2)
        for (seed, name) in ["language", "base", "whole"].enumerated() {
            try folders.make(name, shape, seed: UInt64(seed))
        }
        try shard(folders, workspace)
        try makeAdapter(folders, shape)
        let log = folders.folder("case.txt")
        if Self.seconds > 10 { print("The case is in \(log.path(percentEncoded: false))") }
        var whole: [String: Data] = [:]
        for file in Self.files { whole[file] = try Data(contentsOf: folders.folder(file)) }
        let names = try self.names(in: folders)

        let end = ContinuousClock.now + .seconds(Self.seconds)
        var number = 0
        var merged = 0
        while ContinuousClock.now < end {
            number += 1
            var damage = Damage(
                chance: SeededGenerator(seed: Self.seed, stream: "fuzz", indices: number)
            )
            let file = Self.files[number % Self.files.count]
            try Data("seed \(Self.seed), case \(number), \(file)\n".utf8).write(to: log)
            let original = try #require(whole[file])
            let isSafetensors = file.hasSuffix(".safetensors")
            try damage.file(original, isSafetensors: isSafetensors)
                .write(to: folders.folder(file))
            if (try? merge(folders, workspace, number)) == nil {
                let exists = FileManager.default.fileExists(atPath: folders.folder("output").path)
                #expect(!exists, "case \(number) left something behind")
            } else {
                merged += 1
                try FileManager.default.removeItem(at: folders.folder("output"))
            }
            try original.write(to: folders.folder(file))
            #expect(try self.names(in: folders) == names.union(["case.txt"]), "case \(number)")
        }
        if Self.seconds > 10 { print("\(number) cases, of which \(merged) were merged") }
        // Both happen, or the damage is none, or kills everything at the door.
        #expect(merged > 0 && merged < number)
    }

    /// The names beside the folders; whatever was written outside of the output is among them.
    private func names(in folders: MergeFolders) throws -> Set<String> {
        Set(try FileManager.default.contentsOfDirectory(atPath: folders.root.path))
    }

    private func merge(_ folders: MergeFolders, _ workspace: MergeWorkspace, _ number: Int) throws {
        let isAdapted = number % Self.files.count >= 5
        let inputs = ["language", isAdapted ? "adapter" : "math", "base"].map {
            MergeInput(name: $0 == "adapter" ? "math" : $0, folder: folders.folder($0))
        }
        let methods: [MergeMethod] = [
            .layerSwap(LayerSwap(bottom: 1, top: 0)),
            .average(.uniform(of: ["language", "math"])),
            .taskVectors(
                TaskVectorMerge(.ties, [MergeTerm("language", 1), MergeTerm("math", 1)])
            ),
        ]
        let executor = try MergeExecutor(
            methods[number / Self.files.count % methods.count],
            of: inputs,
            workspace: workspace
        )
        _ = try executor.changes()
        _ = try executor.write(to: folders.folder("output"), version: "test")
    }

    /// The math expert in shards with an index.
    private func shard(_ folders: MergeFolders, _ workspace: MergeWorkspace) throws {
        let input = MergeInput(name: "whole", folder: folders.folder("whole"))
        _ = try MergeExecutor(
            .average(.uniform(of: ["whole"])),
            of: [input],
            storage: MergeStorage(shardBytes: 1_500),
            workspace: workspace
        ).write(to: folders.folder("math"), version: "test")
        let names = try FileManager.default.contentsOfDirectory(
            atPath: folders.folder("math").path
        )
        #expect(names.contains("model-00001-of-00003.safetensors"), "\(names)")
    }

    private func makeAdapter(_ folders: MergeFolders, _ shape: ModelConfiguration) throws {
        let folder = folders.folder("adapter")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let entries = ParameterLayout(shape).entries.filter {
            $0.role == .query || $0.role == .down
        }
        let tensors = try entries.flatMap { entry in
            let module = entry.name.dropLast(".weight".count)
            return try [("A", [2, entry.shape[1]]), ("B", [entry.shape[0], 2])].map {
                try TensorDescription(
                    name: "base_model.model.\(module).lora_\($0).weight",
                    elementType: .float32,
                    shape: $1
                )
            }
        }
        try SafetensorsWriter.write(
            tensors,
            to: folder.appending(path: "adapter_model.safetensors")
        ) { tensor, emit in
            try [Float](repeating: 0.25, count: tensor.elementCount)
                .withUnsafeBytes { try emit($0) }
        }
        let settings = """
            {"peft_type": "LORA", "r": 2, "lora_alpha": 4, "alpha_pattern": {"q_proj": 8}, \
            "use_rslora": false, "bias": "none", "target_modules": ["q_proj", "down_proj"]}
            """
        try Data(settings.utf8).write(to: folder.appending(path: "adapter_config.json"))
    }
}
