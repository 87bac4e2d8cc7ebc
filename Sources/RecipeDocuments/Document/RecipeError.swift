/// Something in a recipe that cannot be used, with the place to look.
package struct RecipeError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Where it stands: `quickstart.yaml:12`, or the `--set` that brought it.
    package var place: String
    /// What was found, what was expected, and what to do.
    package var problem: String

    /// Describes a problem at a place.
    package init(place: String, problem: String) {
        self.place = place
        self.problem = problem
    }

    /// The place and the problem on one line.
    package var description: String { "\(place): \(problem)" }
}
