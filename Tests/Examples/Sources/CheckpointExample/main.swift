import Checkpointing
import Foundation

// CheckpointExample FOLDER: what a checkpoint folder holds.
let checkpoint = try Checkpoint(at: URL(filePath: CommandLine.arguments[1]))

let layers = checkpoint.configuration.integer("num_hidden_layers") ?? 0
print("\(checkpoint.configuration.text("model_type") ?? "unknown"), \(layers) layers")

for tensor in checkpoint.tensors {
    print("\(tensor.name) \(tensor.shape) \(tensor.elementType.rawValue)")
}

let gain = try checkpoint.values(of: "model.norm.weight")
print("mean gain of the final norm: \(gain.reduce(0, +) / Float(gain.count))")
