import Foundation
import Merging

// MergeExample LANGUAGE MATH OUTPUT: the outer layers of one expert around those of the other.
let folders = CommandLine.arguments.dropFirst().map { URL(filePath: $0) }
let models = [MergeInput("language", folders[0]), MergeInput("math", folders[1])]

let merge = try Merge(.layerSwap(), of: models)
print(merge.planLines().joined(separator: "\n"))

let report = try merge.write(to: folders[2]) { progress in
    print("\(progress.step.rawValue) \(progress.name)")
}
let compared = try merge.verify(folders[2])
print("\(report.copiedTensors) copied, \(report.computedTensors) computed, \(compared) verified")

// Every other method has a name, and numbers by the keys of recipes.
let arc = try Merge.Method(named: "slerp", weights: [("language", 0.3), ("math", 0.7)])
print(try Merge(arc, of: models).planLines()[0])
