/// An option or a setting that cannot be used, in words for its user.
package struct OptionError: Error, CustomStringConvertible {
    /// What was found, what was expected and what to do.
    package let description: String

    /// An error with this text.
    package init(_ description: String) {
        self.description = description
    }
}
