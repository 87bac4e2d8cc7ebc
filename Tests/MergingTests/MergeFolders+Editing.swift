import Checkpointing
import Foundation
import MergeMethods
import Merging
import Testing

extension MergeFolders {
    /// Two experts and their base, of the fewest sizes.
    func experts() throws -> [MergeInput] {
        try ["language", "math", "base"].enumerated().map { try make($1, seed: UInt64($0)) }
    }

    /// Writes a text file beside the weights of a model.
    func write(_ text: String, to file: String, of name: String) throws {
        try Data(text.utf8).write(to: folder(name).appending(path: file))
    }

    /// Writes keys as JSON into `config.json`; nil takes a key out.
    func configure(_ name: String, _ pairs: [String: String?]) throws {
        let url = folder(name).appending(path: "config.json")
        let object = try JSONSerialization.jsonObject(with: Data(contentsOf: url))
        var values = try #require(object as? [String: Any])
        for (key, text) in pairs {
            values[key] = try text.map {
                try JSONSerialization.jsonObject(with: Data($0.utf8), options: .fragmentsAllowed)
            }
        }
        try JSONSerialization.data(withJSONObject: values).write(to: url)
    }

    /// Writes the tensors of a model again, with names, types and bytes that `change` may change.
    func change(
        _ name: String,
        _ change: (inout TensorDescription, inout Data) throws -> Void
    ) throws {
        let old = try TensorCollection(at: folder(name))
        var tensors: [TensorDescription] = []
        var contents: [String: Data] = [:]
        for tensor in old.tensors {
            var new = tensor
            var bytes = try old.withBytes(of: tensor.name) { Data($0) }
            try change(&new, &bytes)
            tensors.append(new)
            contents[new.name] = bytes.count == new.byteCount ? bytes : Data(count: new.byteCount)
        }
        try rewrite(folder(name), tensors) { contents[$0.name] ?? Data() }
    }

    /// Puts a number into a tensor of a model.
    func put(_ value: Float, at element: Int, of tensor: String, in name: String) throws {
        try change(name) { description, bytes in
            guard description.name == tensor else { return }
            let place = bytes.startIndex + element * 4
            bytes.replaceSubrange(
                place..<place + 4,
                with: withUnsafeBytes(of: value) { Array($0) }
            )
        }
    }
}

extension MergeMethod {
    /// Every method of merges of folders, with chance that leaves out nearly everything where there
    /// is chance.
    static var everyMethod: [MergeMethod] {
        let terms = [MergeTerm("language", 1), MergeTerm("math", 1)]
        let kinds = TaskVectorMerge.Kind.allCases.map { kind -> MergeMethod in
            var method = TaskVectorMerge(kind, terms)
            switch method.trimming {
            case .random: method.trimming = .random(density: 0.01, seed: 1)
            case .ranked: method.trimming = .ranked(density: 0.02, epsilon: 0.01, seed: 1)
            default: break
            }
            return .taskVectors(method)
        }
        return kinds + [
            .average(.uniform(of: ["language", "math"])),
            .slerp(Slerp(["language", "math"].map { MergeTerm($0, 0.5) })),
            .layerSwap(
                LayerSwap(bottom: 1, top: 1, bottomTransition: 1, transition: .constant(0.5))
            ),
            .modelStock(ModelStock(["language", "math"])),
        ]
    }
}
