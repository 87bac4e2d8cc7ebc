import Checkpointing
import Foundation

/// Converts models between GGUF files and folders of Hugging Face.
package enum ModelConversion {
    /// How far a conversion is.
    package struct Progress: Sendable {
        /// The tensor that is done.
        package let name: String
        /// How many tensors are done.
        package let done: Int
        /// How many there are.
        package let total: Int
    }

    /// What a conversion made.
    package struct Summary: Encodable, Sendable {
        /// The file or folder, as it was written.
        package let output: String
        /// `GGUF` or `folder`.
        package let form: String
        /// How matrices are stored, in ggml's words.
        package let type: String
        /// How many tensors were written.
        package let tensors: Int
        /// How many numbers they hold.
        package let elements: Int
    }

    /// Reads the type of a flag; nil for none that is written.
    ///
    /// - Parameter name: A name of ggml in any case, such as `q8_0`.
    /// - Returns: The type.
    package static func type(named name: String) -> GGUFType? {
        GGUFQuantization.written.first { $0.name.lowercased() == name.lowercased() }
    }

    /// The place of a folder that a GGUF file becomes; nothing is ever replaced.
    package static func place(ofFolder folder: URL, from file: URL) -> OutputPlace {
        OutputPlace(
            folder,
            kind: .folder,
            inputs: [.init("the GGUF file", file)],
            remedy: "name another folder"
        )
    }

    /// The place of a GGUF file that a folder becomes; nothing is ever replaced.
    package static func place(ofFile file: URL, from folder: URL) -> OutputPlace {
        OutputPlace(
            file,
            kind: .file,
            inputs: [.init("the model", folder)],
            remedy: "name another file"
        )
    }
}
