import Foundation
import Foundations

/// The place that a path leads to: every link followed, also when its end does not exist yet.
struct ResolvedPath: Hashable {
    /// The names from the root on.
    let components: [String]

    /// Links that are followed before a path counts as a circle, as the system has it.
    private static let mostLinks = 40

    /// Follows a path from the working folder.
    init(_ url: URL) {
        self.init(absolute: url.standardizedFileURL.plainPath)
    }

    /// Follows a path as it is written, in which `..` goes up from where a link leads.
    init(written path: String) {
        let isAbsolute = path.hasPrefix("/")
        self.init(
            absolute: isAbsolute ? path : FileManager.default.currentDirectoryPath + "/" + path
        )
    }

    private init(absolute path: String) {
        var rest = Array(path.split(separator: "/").map(String.init).reversed())
        var done: [String] = []
        var links = 0
        while let next = rest.popLast() {
            if next == "." { continue }
            if next == ".." {
                _ = done.popLast()
                continue
            }
            guard links < Self.mostLinks,
                let target = Self.link("/" + (done + [next]).joined(separator: "/"))
            else {
                done.append(next)
                continue
            }
            links += 1
            if target.hasPrefix("/") { done = [] }
            rest += target.split(separator: "/").map(String.init).reversed()
        }
        components = done
    }

    private static func link(_ path: String) -> String? {
        try? FileManager.default.destinationOfSymbolicLink(atPath: path)
    }

    /// The path from the root.
    var path: String { "/" + components.joined(separator: "/") }

    /// The place as a URL.
    var url: URL { URL(filePath: path) }

    /// The folder that holds it; nil for the root.
    var parent: ResolvedPath? {
        components.isEmpty ? nil : ResolvedPath(components: Array(components.dropLast()))
    }

    /// The place itself and every folder above it, the nearest first.
    var upwards: [ResolvedPath] {
        components.indices.reversed().map { ResolvedPath(components: Array(components[...$0])) }
            + [ResolvedPath(components: [])]
    }

    private init(components: [String]) { self.components = components }

    /// What the system says of it; nil when nothing is there.
    var status: stat? {
        var status = stat()
        return lstat(path, &status) == 0 ? status : nil
    }

    /// Whether it is this place, by its path or by what the system takes it for.
    func isSame(as other: ResolvedPath) -> Bool {
        if self == other { return true }
        guard let own = status, let foreign = other.status else { return false }
        return own.st_dev == foreign.st_dev && own.st_ino == foreign.st_ino
    }

    /// Whether it lies somewhere below a folder.
    func isInside(_ folder: ResolvedPath) -> Bool {
        upwards.dropFirst().contains { $0.isSame(as: folder) }
    }
}
