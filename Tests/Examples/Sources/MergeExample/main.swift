import Foundation
import Merging

// MergeExample MATH LANGUAGE OUTPUT
let folders = CommandLine.arguments.dropFirst().map { URL(filePath: $0) }
guard folders.count == 3 else { fatalError("expected MATH, LANGUAGE and OUTPUT") }

let merge = try Merge(.layerSwap, of: ["math": folders[0], "language": folders[1]])
print(merge.plan.joined(separator: "\n"))

let result = try merge.write(to: folders[2])
print("copied \(result.copiedTensors) tensors, computed \(result.computedTensors)")
print("verified \(try merge.verify(folders[2]))")
