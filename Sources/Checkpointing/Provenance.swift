import Foundation

/// Where an output comes from: the `provenance.json` beside it.
package struct Provenance: Hashable, Codable, Sendable {
    /// The name of the file in a checkpoint folder.
    package static let fileName = "provenance.json"
    /// The program, as records name it.
    package static let toolName = "LayerSwap"

    /// Something that was read or made.
    package struct Input: Hashable, Codable, Sendable {
        /// The part it plays: `base`, `math`, `corpus`.
        package var name: String
        /// Where it was.
        package var path: String
        /// What it contained.
        package var hash: ContentHash

        /// Names an input.
        package init(name: String, path: String, hash: ContentHash) {
            self.name = name
            self.path = path
            self.hash = hash
        }
    }

    /// The program.
    package var tool: String
    /// The version of the program.
    package var version: String
    /// When the output was made.
    package var created: Date
    /// The stage or the command that made it.
    package var stage: String
    /// The seed, where random numbers were used.
    package var seed: UInt64?
    /// What it was made from.
    package var inputs: [Input]
    /// The settings it was made with, as text.
    package var recipe: String?
    /// What was made, where it is recorded file by file; paths begin at the folder of the record.
    package var outputs: [Input]?

    /// Describes an output made by this program.
    package init(
        tool: String = Provenance.toolName,
        version: String,
        created: Date = Date(),
        stage: String,
        seed: UInt64? = nil,
        inputs: [Input],
        recipe: String? = nil,
        outputs: [Input]? = nil
    ) {
        self.tool = tool
        self.version = version
        // Dates are written to the second; a record equals what is read back.
        self.created = Date(timeIntervalSince1970: created.timeIntervalSince1970.rounded(.down))
        self.stage = stage
        self.seed = seed
        self.inputs = inputs
        self.recipe = recipe
        self.outputs = outputs
    }

    /// Reads the record of a folder.
    ///
    /// - Throws: `FolderError` when there is none or it cannot be understood.
    package init(in folder: URL) throws {
        let url = folder.appending(path: Self.fileName)
        let path = url.path(percentEncoded: false)
        guard InputFile.exists(url) else {
            throw FolderError.incomplete(
                path: folder.path(percentEncoded: false),
                expected: Self.fileName
            )
        }
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        let data = try InputFile.data(at: url)
        do {
            self = try decoder.decode(Provenance.self, from: data)
        } catch {
            throw FolderError.wrongKind(
                path: path,
                found: "not a record that can be read (\(ErrorText.text(of: error)))",
                expected: "JSON with tool, version, created, stage and inputs"
            )
        }
    }

    /// Writes the record into a folder, replacing one that is there.
    ///
    /// - Throws: `FileError`.
    package func write(in folder: URL) throws {
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .iso8601
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        var data = try encoder.encode(self)
        data.append(UInt8(ascii: "\n"))
        try AtomicFile.write(data, to: folder.appending(path: Self.fileName))
    }
}
