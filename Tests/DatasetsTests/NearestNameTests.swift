import Datasets
import Foundations
import Testing

@Suite("The name that was meant")
struct NearestNameTests {
    private static let known = ["steps", "learning_rate", "mixture", "sw", "swap", "soup", "math"]

    @Test(
        "a slip of the pen is recognised",
        arguments: [
            ("stesp", "steps"), ("stps", "steps"), ("learning-rate", "learning_rate"),
            ("Learning_Rat", "learning_rate"), ("mixtrue", "mixture"), ("swop", "swap"),
            ("maht", "math"), ("sx", "sw"),
        ]
    )
    func near(_ word: String, _ expected: String) {
        #expect(NearestName.nearest(to: word, among: Self.known) == expected)
    }

    @Test(
        "a word that is far from all is not explained by another",
        arguments: ["te", "banana", "xyz", "", "weight_decay", "philosophy", "日本語"]
    )
    func far(_ word: String) {
        #expect(NearestName.nearest(to: word, among: Self.known) == nil)
        #expect(NearestName.suggestion(for: word, among: Self.known) == "")
    }

    @Test("nothing is suggested where nothing is known, or where it would be the word itself")
    func none() {
        #expect(NearestName.nearest(to: "steps", among: []) == nil)
        #expect(
            "\(DatasetError.unknownName(kind: "stage", found: "zebra", known: ["base", "math"]))"
                == "unknown stage 'zebra'; known: base, math"
        )
    }

    @Test("neighbours that changed places are one edit")
    func distance() {
        #expect(NearestName.distance("math", "maht") == 1)
        #expect(NearestName.distance("kitten", "sitting") == 3)
        #expect(NearestName.distance("", "abc") == 3)
        #expect(NearestName.distance("ca", "abc") == 3)
    }
}
