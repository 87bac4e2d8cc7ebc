import Checkpointing
import Foundation

extension LoRAAdapters {
    /// The folder of adapters beside a model.
    ///
    /// Beside, and not among its files: a model whose own folder holds adapters would get them a
    /// second time by a program that loads both.
    package static let folderName = "adapter"

    private static let weightsFile = "adapter_model.safetensors"
    private static let configurationFile = "adapter_config.json"

    /// Writes the adapters as PEFT does, to be put on W₀: `adapter_model.safetensors` and
    /// `adapter_config.json`.
    ///
    /// - Parameter folder: The folder of the model, in which the folder of adapters is made.
    /// - Throws: Errors of writing. When one of the two files exists, nothing is written.
    package func write(besideModelIn folder: URL) throws {
        let own = folder.appending(path: Self.folderName)
        let configuration = own.appending(path: Self.configurationFile)
        let weights = own.appending(path: Self.weightsFile)
        try AtomicFile.requireFree([configuration, weights])
        try Folder.make(at: own)
        try AtomicFile.write(
            JSONSerialization.data(
                withJSONObject: hubConfiguration,
                options: [.prettyPrinted, .sortedKeys]
            ),
            to: configuration,
            replacing: false
        )
        let tensors = hubTensors
        let ranges = Dictionary(uniqueKeysWithValues: tensors.map { ($0.name, $0.range) })
        try SafetensorsWriter.write(
            tensors.map {
                try TensorDescription(name: $0.name, elementType: .float32, shape: $0.shape)
            },
            to: weights
        ) { tensor, emit in
            guard let range = ranges[tensor.name] else { return }
            try parameters[range].withUnsafeBytes(emit)
        }
    }

    /// Reads the adapters back and writes the weights that follow from them into the model.
    ///
    /// - Throws: `TrainingError.unreadableState` when a tensor is missing or of another shape, and
    ///   errors of reading.
    func read(besideModelIn folder: URL) throws {
        let url = folder.appending(path: Self.folderName).appending(path: Self.weightsFile)
        let file = try SafetensorsFile(at: url)
        for tensor in hubTensors {
            guard file.description(of: tensor.name)?.shape == tensor.shape else {
                throw TrainingError.unreadableState(
                    path: folder.path(percentEncoded: false),
                    reason: "its adapter \(tensor.name) is missing or of another size"
                )
            }
            try file.readFloats(of: tensor.name, into: parameters[tensor.range])
        }
        materializeAll()
    }

    private var hubTensors: [(name: String, shape: [Int], range: Range<Int>)] {
        adapters.flatMap { adapter in
            let module = "base_model.model." + adapter.target.name.dropLast(".weight".count)
            let shape = adapter.target.shape
            return [
                ("\(module).lora_A.weight", [settings.rank, shape[1]], adapter.down),
                ("\(module).lora_B.weight", [shape[0], settings.rank], adapter.up),
            ]
        }
    }

    private var hubConfiguration: [String: Any] {
        let modules = settings.targets.compactMap { target in
            adapters.first { $0.target.role == target.role }.flatMap {
                $0.target.name.split(separator: ".").dropLast().last.map(String.init)
            }
        }
        let layers = Set(adapters.compactMap(\.target.layer)).sorted()
        let isEverywhere = layers.count == model.configuration.layerCount
        return [
            "peft_type": "LORA",
            "task_type": "CAUSAL_LM",
            // A path would make the bytes of a run depend on where it is.
            "base_model_name_or_path": NSNull(),
            "r": settings.rank,
            "lora_alpha": settings.alpha,
            "lora_dropout": 0,
            "target_modules": modules,
            "layers_to_transform": isEverywhere ? NSNull() : layers as Any,
            "bias": "none",
            "fan_in_fan_out": false,
            "inference_mode": true,
            "init_lora_weights": true,
            "use_rslora": false,
        ]
    }
}
