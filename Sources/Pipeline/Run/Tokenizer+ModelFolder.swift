import Checkpointing
import Foundation
import Tokenization

extension Tokenizer {
    /// Writes the files of this tokenizer into a model folder, so that this program and
    /// `transformers` read it there as where it came from.
    ///
    /// - Throws: `FolderError.exists` when one of the files is there already, `FileError`.
    package func write(toModelFolder folder: URL) throws {
        for file in files {
            try AtomicFile.write(
                file.contents,
                to: folder.appending(path: file.name),
                replacing: false
            )
        }
    }
}
