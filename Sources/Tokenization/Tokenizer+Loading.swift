import Foundation

extension Tokenizer {
    /// Reads a `.model` file of SentencePiece or a `tokenizer.json`.
    ///
    /// Of a `tokenizer.json` alone no end of sequence is known; `init(inModelFolder:)` reads it
    /// from the files beside it.
    ///
    /// - Parameter url: The file.
    /// - Throws: `TokenizerError` when it cannot be read or is no tokenizer.
    public convenience init(at url: URL) throws {
        let bytes = try Self.contents(of: url)
        if url.pathExtension == "json" {
            try self.init(json: bytes, origin: url.path, configuration: .init(), companions: [])
        } else {
            try self.init(sentencePiece: bytes, origin: url.path)
        }
    }

    /// Loads the bytes of a `.model` file.
    package convenience init(model: Data) throws {
        try self.init(sentencePiece: model, origin: "the tokenizer given as bytes")
    }

    /// Reads the tokenizer of a model folder: `tokenizer.model`, or without one `tokenizer.json`.
    ///
    /// `tokenizer_config.json` and, for a `tokenizer.json`, `special_tokens_map.json` and
    /// `generation_config.json` decide which tokens begin and end a document. With `add_bos_token`
    /// false no document begins with `<s>`. `add_eos_token` changes nothing: a prompt that ended
    /// with `</s>` would have no continuation, and documents end with it anyway.
    ///
    /// - Parameter folder: A checkpoint folder.
    /// - Throws: `TokenizerError` when a file cannot be read or is not what its name says.
    public convenience init(inModelFolder folder: URL) throws {
        func url(_ name: String) -> URL { folder.appendingPathComponent(name) }
        func exists(_ name: String) -> Bool {
            FileManager.default.fileExists(atPath: url(name).path)
        }
        let configuration = try TokenizerConfiguration(in: folder)
        let isSentencePiece = exists(Self.sentencePieceFile)
        guard isSentencePiece || exists(Self.jsonFile) else {
            throw TokenizerError.missingTokenizer(folder: folder.path)
        }
        let main = isSentencePiece ? Self.sentencePieceFile : Self.jsonFile
        let bytes = try Self.contents(of: url(main))
        let companions = try Self.companions.filter { $0 != main && exists($0) }
            .map { ($0, try Self.contents(of: url($0))) }
        if isSentencePiece {
            try self.init(
                sentencePiece: bytes,
                origin: url(main).path,
                addsBeginning: configuration.addsBeginning ?? true,
                companions: companions
            )
        } else {
            try self.init(
                json: bytes,
                origin: url(main).path,
                configuration: configuration,
                companions: companions
            )
        }
    }

    private convenience init(
        sentencePiece bytes: Data,
        origin: String,
        addsBeginning: Bool = true,
        companions: [(String, Data)] = []
    ) throws {
        let model = try SentencePieceModel(bytes, origin: origin, addsBeginning: addsBeginning)
        self.init(
            model: model,
            symbolTexts: model.symbolTexts,
            files: [(Self.sentencePieceFile, bytes)] + companions
        )
    }

    private convenience init(
        json bytes: Data,
        origin: String,
        configuration: TokenizerConfiguration,
        companions: [(String, Data)]
    ) throws {
        let model = try TokenizerJSONModel(
            JSONNode([UInt8](bytes), origin: origin),
            configuration: configuration
        )
        self.init(
            model: model,
            symbolTexts: model.symbolTexts,
            files: [(Self.jsonFile, bytes)] + companions
        )
    }

    static func contents(of url: URL) throws -> Data {
        var status = stat()
        // Reading a pipe would wait for ever.
        if stat(url.path, &status) == 0, ![S_IFREG, S_IFDIR].contains(status.st_mode & S_IFMT) {
            throw TokenizerError.unreadable(
                path: url.path,
                reason: "it is a special file; expected a file"
            )
        }
        do { return try Data(contentsOf: url) } catch {
            throw TokenizerError.unreadable(path: url.path, reason: Self.refusal(of: url.path))
        }
    }

    /// Why the system does not let a file be read, in its own words.
    private static func refusal(of path: String) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return String(cString: strerror(errno)) }
        defer { close(descriptor) }
        var byte: UInt8 = 0
        guard read(descriptor, &byte, 1) < 0 else { return "it changed while it was read" }
        return String(cString: strerror(errno)) + "; expected a file"
    }
}
