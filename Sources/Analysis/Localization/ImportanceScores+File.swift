import Checkpointing
import Foundation
import Transformer

extension ImportanceScores {
    /// The keys of the text in the header of a file.
    private enum Key {
        static let languages = "languages"
        static let groups = "groups"
        static let samples = "samples"
        static let identity = "identity"
    }

    /// Writes all norms into a safetensors file of doubles, so that sets can be cut another day.
    ///
    /// A tensor is called `LANGUAGE/KIND/GROUP/WEIGHT`.
    ///
    /// - Parameters:
    ///   - url: The file; an earlier one is replaced.
    ///   - identity: What the scores are of, which is asked for when they are read again.
    /// - Throws: Errors of writing.
    package func write(to url: URL, identity: String) throws {
        var columns: [String: [Double]] = [:]
        var samples: [String] = []
        for (place, language) in languages.enumerated() {
            for kind in PromptKind.allCases {
                for (group, norms) in groups(place, kind).enumerated() {
                    let prefix = "\(language)/\(kind.rawValue)/\(group)"
                    samples.append("\(prefix) \(norms.samples)")
                    for (name, values) in norms.columns { columns["\(prefix)/\(name)"] = values }
                }
            }
        }
        try SafetensorsWriter.write(
            columns.sorted { $0.key < $1.key }.map { name, values in
                try TensorDescription(name: name, elementType: .float64, shape: [values.count])
            },
            metadata: [
                Key.languages: languages.joined(separator: " "),
                Key.groups: "\(groupCount)",
                Key.samples: samples.joined(separator: "\n"),
                Key.identity: identity,
            ],
            to: url,
            replacing: true
        ) { tensor, emit in
            try (columns[tensor.name] ?? []).withUnsafeBytes(emit)
        }
    }

    /// Reads what `write` has written; nil when the file is of something else, or not of this form.
    ///
    /// - Parameters:
    ///   - url: The file.
    ///   - identity: What the scores have to be of.
    ///   - model: The model, whose linear layers have to be there with their numbers of columns.
    /// - Throws: Errors of safetensors files.
    package init?(at url: URL, identity: String, model: TransformerModel) throws {
        let file = try SafetensorsFile(at: url)
        let metadata = file.metadata
        guard metadata[Key.identity] == identity,
            let languages = metadata[Key.languages]?.split(separator: " ").map(String.init),
            let groups = metadata[Key.groups].flatMap({ Int($0) }), groups > 0,
            let samples = metadata[Key.samples]
        else { return nil }
        var counts: [Substring: Int] = [:]
        for line in samples.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count == 2, let count = Int(words[1]) else { return nil }
            counts[words[0]] = count
        }
        var all: [[PromptKind: [InputNorms]]] = []
        for language in languages {
            var byKind: [PromptKind: [InputNorms]] = [:]
            for kind in PromptKind.allCases {
                for group in 0..<groups {
                    let prefix = "\(language)/\(kind.rawValue)/\(group)"
                    guard let count = counts[Substring(prefix)] else { return nil }
                    var columns: [String: [Double]] = [:]
                    for entry in ParameterSet.entries(of: model) {
                        let name = "\(prefix)/\(entry.name)"
                        guard let stored = file.description(of: name),
                            stored.elementType == .float64, stored.shape == [entry.shape[1]]
                        else { return nil }
                        columns[entry.name] = try file.withBytes(of: name) { bytes in
                            stride(from: 0, to: bytes.count, by: 8).map {
                                // The shape and the type give the number of bytes, which was
                                // checked.
                                bytes.loadUnaligned(fromByteOffset: $0, as: Double.self)
                            }
                        }
                    }
                    let norms = InputNorms(columns: columns, samples: count)
                    byKind[kind, default: []].append(norms)
                }
            }
            all.append(byKind)
        }
        self.init(languages: languages, groupCount: groups, norms: all)
    }
}
