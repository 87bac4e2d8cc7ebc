import Checkpointing
import Testing

@Suite("JSON whose texts keep their bytes")
struct ExactJSONTests {
    @Test("values are those of the text")
    func values() throws {
        let json = try ExactJSON(Array(#"{"a": [0, -1.5e+2, "\u00e9\n"], "b": null}"#.utf8))
        let list = json["a"]?.list ?? []
        #expect(list.map(\.number) == [0, -150, nil])
        #expect(list.last?.text?.text == "é\n")
        #expect(json["b"] == nil)
    }

    @Test(
        "what is no JSON is refused",
        arguments: [
            "", "01", "-01", "1.", ".5", "+1", "1e", "-", "nan", #""\u+123""#, #""\u-123""#,
            #""\u12""#, "\"a\u{1}b\"", "\"a\nb\"", "\"a\tb\"", #""\x""#, "[1,]", "{\"a\"}",
        ]
    )
    func refused(_ text: String) {
        #expect(throws: MalformedJSON.self) { try ExactJSON(Array(text.utf8)) }
    }
}
