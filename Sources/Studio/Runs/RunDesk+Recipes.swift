import Checkpointing
import Datasets
import Foundation
import Foundations
import Pipeline
import RecipeDocuments
import Recipes
import RunRecords

extension RunDesk {
    /// The recipes that a new run can begin with, by language pair where their world is generated.
    static let templates = ["quickstart", "tiny", "paper-swahili", "real-base-short"]

    /// The templates that are there, with what each is for.
    func templateList() -> [TemplateMessage] {
        Self.templates.compactMap { name in
            guard let recipe = (try? LoadedRecipe(at: file(ofRecipe: name)))?.recipe else {
                return nil
            }
            return TemplateMessage(
                name: name,
                purpose: recipe.purpose ?? recipe.name,
                languages: !recipe.readsFiles
            )
        }
    }

    /// The languages that a generated world can have beside English.
    func languages() -> [LanguageMessage] {
        KnownLanguages(in: root).entries.filter { $0.code != "en" }
            .map { LanguageMessage(code: $0.code, name: $0.name) }
    }

    /// The text of a template under another name, in another target language.
    ///
    /// - Throws: `StudioError`, errors of the copy.
    func fill(_ template: String, target: String?, name: String) throws -> String {
        guard Self.templates.contains(template) else {
            throw StudioError.malformed("there is no template \"\(template)\"")
        }
        guard RecipeValue.isName(name) else {
            throw StudioError.name(name, problem: Self.nameRule)
        }
        let (folder, item) = try Self.privateFolder()
        defer { item.remove() }
        let copy = folder.appending(path: "\(name).yaml")
        _ = try RecipeCopy.copy(file(ofRecipe: template), to: copy, language: target)
        // What it extends stands beside the place that it will have.
        return try InputFile.text(at: copy).replacing(
            "extends: \(root.appending(path: RecipeLookup.folderName).path)/",
            with: "extends: "
        )
    }

    /// A new folder that nobody else can look into or put links into.
    ///
    /// - Returns: The folder, and what removes it.
    private static func privateFolder() throws -> (URL, UnfinishedItem) {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "layerswap-studio-\(UUID().uuidString)")
        let item = UnfinishedItem(at: folder)
        // It must be new: in a shared temporary folder another user may own what is there.
        try FileManager.default.createDirectory(
            at: folder,
            withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o700]
        )
        return (folder, item)
    }

    /// How long a run may take to have its folder, on a machine that does other things.
    private static let patience = Duration.seconds(60)
    private static let nameRule = "expected letters, digits, - and _"

    /// What is wrong with a recipe, or what it says with all its defaults.
    func check(_ text: String) -> CheckMessage {
        do {
            return CheckMessage(problem: nil, line: nil, effective: try recipe(text).yaml())
        } catch let error as RecipeError {
            let line = error.place.split(separator: ":").last.flatMap { Int($0) }
            return CheckMessage(problem: error.problem, line: line, effective: nil)
        } catch {
            return CheckMessage(problem: ErrorText.text(of: error), line: nil, effective: nil)
        }
    }

    /// Reads a recipe from a page, whose run goes where runs go and nowhere else.
    private func recipe(_ text: String) throws -> Recipe {
        let place = "the recipe"
        var document = try RecipeDocument(text: text, file: place)
        try document.extend(at: file(ofRecipe: "studio"), chain: [])
        let recipe = try Recipe(document.value, root: root)
        guard recipe.output == "\(RunFolder.standardParent)/\(recipe.name)" else {
            throw RecipeError(
                place: place,
                problem: "output: found \(recipe.output), expected none; runs that are started "
                    + "here are in \(RunFolder.standardParent)"
            )
        }
        return recipe
    }

    /// Writes a recipe and starts it.
    ///
    /// - Returns: The name of the run in the list.
    /// - Throws: `RecipeError`, `StudioError`, errors of writing and of starting.
    func start(_ text: String) async throws -> String {
        let recipe = try recipe(text)
        let file = file(ofRecipe: recipe.name)
        let output = root.appending(path: recipe.output)
        if RunLock.isHeld(folder: output) { throw StudioError.taken(recipe.name) }
        if FileManager.default.fileExists(atPath: file.path) {
            // A run that was stopped goes on with the same text.
            guard try InputFile.text(at: file) == text else {
                throw StudioError.exists(file.shownPath)
            }
        } else {
            try AtomicFile.write(Data(text.utf8), to: file)
        }
        // The run writes on into it when it has no name any more; nobody reads that.
        let (folder, item) = try Self.privateFolder()
        defer { item.remove() }
        let log = folder.appending(path: "errors")
        try Data().write(to: log)
        let process = Process()
        process.executableURL = program
        process.arguments = ["run", file.path, "--quiet"]
        process.currentDirectoryURL = root
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = try FileHandle(forWritingTo: log)
        try process.run()
        started.add(process.processIdentifier)
        // A recipe that cannot be run says so before it has a folder, and a folder is found by its
        // mark, which a run writes once it has the lock.
        let start = ContinuousClock.now
        while process.isRunning,
            !(RunLock.isHeld(folder: output) && RunStore.isRun(output)),
            start.duration(to: .now) < Self.patience
        {
            try await Task.sleep(for: .milliseconds(50))
        }
        if !process.isRunning, process.terminationStatus != 0 {
            let words = (try? InputFile.text(at: log)) ?? ""
            throw StudioError.failed(words.trimmingCharacters(in: .whitespacesAndNewlines))
        }
        return output.shownPath
    }

    private func file(ofRecipe name: String) -> URL {
        root.appending(path: RecipeLookup.folderName).appending(path: "\(name).yaml")
    }
}

/// A recipe to begin with.
struct TemplateMessage: Encodable, Sendable {
    let name: String
    let purpose: String
    /// Whether it can be had in another language.
    let languages: Bool
}

/// A language to choose.
struct LanguageMessage: Encodable, Sendable {
    let code: String
    let name: String
}

/// What a reader of recipes says.
struct CheckMessage: Encodable, Sendable {
    let problem: String?
    let line: Int?
    let effective: String?
}
