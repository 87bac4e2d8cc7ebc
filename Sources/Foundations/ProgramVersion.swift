/// The version of the program, for records.
package enum ProgramVersion {
    /// As in the change log.
    package static let current = "0.1.0"
}
