import Foundation
import Foundations

/// The languages that have a pack below a folder, by code and by English name.
package struct KnownLanguages: Sendable {
    /// One language.
    package struct Entry: Sendable {
        /// The code inside the pack, such as `sw`.
        package let code: String
        /// The English name, which is that of the file: `Swahili`.
        package let name: String
        /// The pack.
        package let file: URL

        /// Name and code, such as `Swahili (sw)`.
        package var title: String { "\(name) (\(code))" }
    }

    /// The folder of the packs.
    package let folder: URL
    /// The languages in order of their files.
    package let entries: [Entry]

    /// Looks into `Data/Languages` below a folder; packs are not checked.
    package init(in root: URL) {
        folder = PackageRoot.languages(in: root)
        entries = YAMLFiles.below(folder).compactMap { file in
            LanguagePack.code(of: file).map { code in
                let name = file.deletingPathExtension().lastPathComponent
                return Entry(code: code, name: name.capitalized, file: file)
            }
        }
    }

    /// The pack that has a code.
    package func file(of code: String) -> URL? { entries.first { $0.code == code }?.file }

    /// The code of a language that is given by its code or by its English name.
    package func code(of text: String) -> String? {
        entries.first { $0.code == text }?.code
            ?? entries.first { $0.name.lowercased() == text.lowercased() }?.code
    }

    /// `, nearest known: 'Swahili (sw)'` when a code or a name is near, else nothing.
    package func suggestion(for text: String) -> String {
        let nearest =
            NearestName.nearest(to: text, among: entries.map(\.name))
            .map { name in entries.first { $0.name == name } }
            ?? NearestName.nearest(to: text, among: entries.map(\.code))
            .map { code in entries.first { $0.code == code } }
        return nearest.flatMap { $0 }.map { ", nearest known: '\($0.title)'" } ?? ""
    }
}
