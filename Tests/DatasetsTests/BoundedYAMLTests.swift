import Datasets
import Foundation
import Testing

@Suite("YAML within bounds")
struct BoundedYAMLTests {
    /// Twelve levels of nine aliases each: 9¹¹ values.
    private static let bomb =
        "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
        + (1..<12).map { level in
            let aliases = Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ")
            return "a\(level): &a\(level) [\(aliases)]"
        }.joined(separator: "\n") + "\n"

    @Test("Aliases that stand for billions of values are refused")
    func bomb() {
        #expect(throws: BoundedYAML.Excess.self) { try BoundedYAML.compose(Self.bomb) }
    }

    @Test(
        "Keys that are lists or aliases are refused where aliases repeat each other",
        arguments: ["? *a11\n: 1\n", "*a11 : 1\n", "[*a11]: 1\n", "b: {{k: *a11} : 1}\n"]
    )
    func keys(_ line: String) {
        #expect(throws: BoundedYAML.Excess.self) { try BoundedYAML.compose(Self.bomb + line) }
    }

    @Test("A handful of aliases is YAML as usual")
    func usual() throws {
        let text = """
            base: &mixture {text: 1, "a: [b]: c": 2}
            other: *mixture
            list: [*mixture, *mixture]
            """
        let node = try #require(try BoundedYAML.compose(text))
        #expect(node["other"]?["text"]?.int == 1)
        #expect(node["list"]?[1]?["a: [b]: c"]?.int == 2)
        #expect(try BoundedYAML.compose("") == nil)
    }

    @Test("A file that never ends is read as far as the bound")
    func endless() throws {
        #expect(throws: BoundedYAML.Excess.self) {
            try BoundedYAML.data(of: URL(filePath: "/dev/zero"))
        }
        #expect(try BoundedYAML.data(of: URL(filePath: "/nowhere/recipe.yaml")) == nil)
        #expect(try BoundedYAML.data(of: FileManager.default.temporaryDirectory) == nil)
    }
}
