import Foundation

/// Models of the Hugging Face hub where its own programs have put them.
///
/// The cache has `models--ORG--NAME/snapshots/COMMIT` with the files of a model, and in
/// `models--ORG--NAME/refs/main` the commit that was downloaded last.
package enum HubCache {
    /// Whether a text has the form of a name of the hub: `ORG/NAME`.
    package static func isName(_ text: String) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        return parts.count == 2 && parts.allSatisfy(isPart)
    }

    /// The folder of a downloaded model; nil where there is none.
    ///
    /// - Parameters:
    ///   - name: The name of the model, `ORG/NAME`.
    ///   - environment: The variables that say where the cache is.
    /// - Returns: The folder of the commit that was downloaded last.
    package static func folder(
        of name: String,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) -> URL? {
        guard isName(name) else { return nil }
        let model = root(environment).appending(path: "models--" + name.replacing("/", with: "--"))
        guard let text = try? InputFile.text(at: model.appending(path: "refs/main")) else {
            return nil
        }
        let commit = text.trimmingCharacters(in: .whitespacesAndNewlines)
        let folder = model.appending(path: "snapshots").appending(path: commit)
        var isFolder: ObjCBool = false
        guard isPart(commit[...]),
            FileManager.default.fileExists(atPath: folder.plainPath, isDirectory: &isFolder),
            isFolder.boolValue
        else { return nil }
        return folder.standardizedFileURL.absoluteURL
    }

    /// The name of the model that a folder of the cache holds; nil for any other folder.
    package static func name(of folder: URL) -> String? {
        let parts = folder.standardizedFileURL.pathComponents.suffix(3)
        guard parts.count == 3, parts[parts.startIndex + 1] == "snapshots",
            let model = parts.first, model.hasPrefix("models--")
        else { return nil }
        // A name may hold two dashes itself; that of an organization may not.
        let name = model.dropFirst("models--".count)
        guard let border = name.firstRange(of: "--") else { return nil }
        return "\(name[..<border.lowerBound])/\(name[border.upperBound...])"
    }

    /// What people call the model in a folder: its name on the hub, or the folder's own.
    package static func title(of folder: URL) -> String {
        name(of: folder)?.split(separator: "/").last.map(String.init) ?? folder.lastPathComponent
    }

    /// How a model of the hub becomes a folder, in words.
    ///
    /// - Parameters:
    ///   - name: What was taken for its name.
    ///   - revision: The revision that was asked for.
    /// - Returns: A part of a sentence.
    package static func advice(for name: String, revision: String? = nil) -> String {
        let model = isName(name) ? name : "ORG/NAME"
        let version = revision.map { " --revision \($0)" } ?? ""
        return "download a model of the Hugging Face hub first "
            + "('hf download \(model)\(version) --local-dir FOLDER') and give its folder"
    }

    private static func root(_ environment: [String: String]) -> URL {
        if let cache = environment["HF_HUB_CACHE"], !cache.isEmpty { return URL(filePath: cache) }
        if let home = environment["HF_HOME"], !home.isEmpty {
            return URL(filePath: home).appending(path: "hub")
        }
        return FileManager.default.homeDirectoryForCurrentUser
            .appending(path: ".cache/huggingface/hub")
    }

    /// A part of a name, which leads to no other folder than its own.
    private static func isPart(_ text: Substring) -> Bool {
        !text.isEmpty && !text.hasPrefix(".")
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "._-".utf8.contains(byte)
                }
            }
    }
}
