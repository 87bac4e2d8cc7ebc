import Merging
import Testing

@Suite("Patterns for the names of modules")
struct ModulePatternTests {
    private static let module = "model.layers.10.self_attn.q_proj"

    @Test(
        "A name matches as Python's re.match(r'(.*\\.)?(PATTERN)$') does",
        arguments: [
            ("q_proj", true), ("proj", false), ("model.layers.10.self_attn.q_proj", true),
            ("model", false), ("self_attn.q_proj", true), ("attn.q_proj", false), ("", false),
            (#"layers\.10\..*"#, true), (#"layers\.1\..*"#, false), (#"layers.\d+\..*"#, true),
            (#".*\.(q|v)_proj"#, true), (#".*\.(?:k|v)_proj"#, false), (#"[qkv]_proj"#, true),
            (#"[^q]_proj"#, false), (#"layers\.[0-9]{2}\..*"#, true),
            (#"layers\.[0-9]{3,}\..*"#, false), (#"layers\.(1|10)\.self_attn\.q_proj"#, true),
            (#"^model\..*"#, true), (#"^layers\..*"#, false), (#"q_proj$"#, true),
            (#"q_proj$x"#, false), (#"(?P<part>q_proj)"#, true), (#"Q_PROJ"#, false),
            (#"(a*)*q_proj"#, true), (#"(|q)_proj"#, true), (#"(|k)_proj"#, false),
            (#"q?_?\w+"#, true),
            (#"\D+"#, true), (#"q_proj{}"#, false), (#"[]q]_proj"#, true),
            (#"[a-z-]_proj"#, true), (#"\W+"#, false),
        ]
    )
    func matches(_ pattern: String, _ expected: Bool) throws {
        #expect(try ModulePattern(pattern).matches(Self.module) == expected)
    }

    // Backtracking tries every way to cut the name into pieces, for ever.
    @Test(
        "Patterns that would be tried for ever are matched at once",
        .timeLimit(.minutes(1)),
        arguments: [#"((\w|[a-z])+\.?)+!"#, #"(.*)*(.*)*(.*)*x!"#, "((((((a?b?)*)*)*)*)*)*!"]
    )
    func bounded(_ pattern: String) throws {
        let long = String(repeating: "abcdefgh.", count: 1_000)
        #expect(try !ModulePattern(pattern).matches(Self.module))
        #expect(try !ModulePattern(pattern).matches(long))
    }

    @Test(
        "What is no expression, or none that can be matched in bounded time, is refused",
        .timeLimit(.minutes(1)),
        arguments: [
            ("(q", "a bracket is not closed"), ("q)", "a bracket closes"), ("[q", "not closed"),
            ("*q", "'*' repeats nothing"), (#"q\"#, "ends with a backslash"),
            (#"(q)\1"#, #"'\1' is not known"#), ("(?=q)", "'(?' is followed by"),
            ("(?i)q", "'(?' is followed by"), ("q**", "a repetition is repeated"),
            ("q{3,2}", "ends before it begins"), ("[z-a]", "no end above it"),
            ("q*+", "possessive"), ("(((q{99}){99}){99}){99}", "repeats too much"),
            ("((){99999}){99999}", "repeats too much"),
        ]
    )
    func refused(_ pattern: String, _ expected: String) {
        let error = #expect(throws: UnreadablePattern.self) { _ = try ModulePattern(pattern) }
        let reason = error?.reason ?? ""
        #expect(reason.contains(expected), "\(reason)")
    }
}
