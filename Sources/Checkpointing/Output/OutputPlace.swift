import Foundation

/// Where a command writes, and all that may be replaced there.
///
/// One rule for everything that the program writes:
///
/// - An output never is, holds, or lies inside something that the command reads. Links are
///   followed on both sides, also where the output does not exist yet.
/// - What is there stays, unless replacing was asked for and the thing is empty or one that
///   LayerSwap has written, as its mark shows (`OutputMark`), with nothing else in it.
/// - All of this, and whether the place can be written at all, is checked before the work; and once
///   more when the finished output takes its place, in case another program has changed what is
///   there.
package struct OutputPlace: Sendable {
    /// What is written.
    package enum Kind: Sendable {
        /// One file.
        case file
        /// A folder.
        case folder
    }

    /// Something that the command reads.
    package struct Input: Sendable {
        /// What it is, in words: `the expert math`.
        package let name: String
        /// Where it is.
        package let url: URL

        /// Names an input.
        package init(_ name: String, _ url: URL) {
            self.name = name
            self.url = url
        }
    }

    /// Where it is, every link followed.
    package var url: URL { place.url }

    let kind: Kind
    let inputs: [Input]
    /// Nil when what is there is never replaced.
    let mark: OutputMark?
    let replaces: Bool
    /// What to do when the place cannot be used: `name another folder with --to`.
    let remedy: String
    /// What to do when something is there.
    let existsRemedy: String
    /// The path as it was written, for messages.
    let shown: String
    let place: ResolvedPath

    /// Describes an output; nothing is looked at yet.
    ///
    /// - Parameters:
    ///   - url: The file or folder.
    ///   - kind: What is written.
    ///   - inputs: Everything that the command reads.
    ///   - mark: How one of our own is known; nil when nothing is ever replaced.
    ///   - replaces: Whether one of our own is replaced, because `--force` was given or because it
    ///     is made to be.
    ///   - force: How to ask for a replacement, in words; nil when there is no way.
    ///   - remedy: How to choose another place: `name another folder with --to`.
    package init(
        _ url: URL,
        kind: Kind,
        inputs: [Input] = [],
        mark: OutputMark? = nil,
        replaces: Bool = false,
        force: String? = nil,
        remedy: String
    ) {
        place = ResolvedPath(url)
        shown = url.relativePath
        self.kind = kind
        self.inputs = inputs
        self.mark = mark
        self.replaces = replaces
        self.remedy = remedy
        existsRemedy = ["remove it", force, remedy].compactMap { $0 }.joined(separator: ", or ")
    }

    /// Checks the place; nothing is changed.
    ///
    /// - Returns: What will be replaced, in words; nil when nothing is there.
    /// - Throws: `OutputError`, `FolderError`, `FileError`.
    @discardableResult
    package func check() throws -> String? {
        try survey()?.words
    }

    /// Makes the folder, complete or not at all.
    ///
    /// - Parameter build: Fills the temporary folder that it is given.
    /// - Returns: What `build` returns.
    /// - Throws: As `check`, and what `build` throws; nothing is changed then.
    @discardableResult
    package func createFolder<Result>(_ build: (URL) throws -> Result) throws -> Result {
        let found = try survey()
        return try AtomicFolder.create(
            at: url,
            replacing: found != nil,
            approve: { try found?.approve($0, shown) },
            build
        )
    }

    /// Writes the file, complete or not at all.
    ///
    /// - Throws: As `check`; nothing is changed then.
    package func writeFile(_ data: Data) throws {
        let found = try survey()
        try AtomicFile.write(
            to: url,
            replacing: found != nil,
            approve: { try found?.approve($0, shown) },
            { try $0.write(data) }
        )
    }

    /// What is there and may be replaced.
    private struct Found {
        let words: String
        let snapshot: FolderSnapshot

        func approve(_ url: URL, _ shown: String) throws {
            guard try FolderSnapshot(url) == snapshot else {
                throw OutputError.changed(path: shown)
            }
        }
    }

    /// Checks everything, and keeps what is there in mind.
    private func survey() throws -> Found? {
        try checkInputs()
        try checkStandard()
        guard let status = place.status else {
            try checkParent()
            return nil
        }
        let found = status.st_mode & S_IFMT
        let expected = kind == .folder ? "a folder" : "a file"
        guard found == (kind == .folder ? S_IFDIR : S_IFREG) else {
            throw FolderError.wrongKind(
                path: shown,
                found: Self.word(for: found),
                expected: expected
            )
        }
        guard replaces, let mark else {
            throw OutputError.exists(path: shown, remedy: existsRemedy)
        }
        let snapshot = try FolderSnapshot(url)
        try checkParent()
        let isEmpty = kind == .folder ? snapshot.entryCount == 0 : status.st_size == 0
        if isEmpty { return Found(words: "\(shown), which is empty", snapshot: snapshot) }
        if let objection = try mark.objection(url) {
            throw OutputError.foreign(
                path: shown,
                objection: objection,
                remedy: "remove it yourself, or \(remedy)"
            )
        }
        let count = kind == .folder ? " of \(snapshot.entryCount) files" : ""
        return Found(words: "\(shown), \(mark.name)\(count)", snapshot: snapshot)
    }

    private static func word(for kind: mode_t) -> String {
        switch kind {
        case S_IFDIR: "a folder"
        case S_IFREG: "a file"
        case S_IFLNK: "a link that leads back to itself"
        default: "a device or a pipe"
        }
    }
}
