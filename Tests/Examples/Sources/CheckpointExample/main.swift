import Checkpointing
import Foundation

// CheckpointExample FOLDER
guard CommandLine.arguments.count == 2 else { fatalError("expected a model folder") }

let checkpoint = try Checkpoint(at: URL(filePath: CommandLine.arguments[1]))
for tensor in checkpoint.tensors {
    let values = try checkpoint.values(of: tensor.name)
    let norm = values.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
    print(tensor.name, tensor.shape, tensor.elementType, String(format: "%.4f", norm))
}
