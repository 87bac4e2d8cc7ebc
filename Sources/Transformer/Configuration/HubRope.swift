import Checkpointing

/// How positions turn queries and keys, as `config.json` says it in any version of `transformers`:
/// under `rope_parameters`, or under `rope_theta` and `rope_scaling`.
package struct HubRope {
    /// The base of the frequencies.
    package let theta: Double
    /// The share of a head that is turned.
    package let partialFactor: Double
    /// What becomes of the frequencies: `default`, `linear`, `llama3` and others.
    package let kind: String
    /// The numbers of it; nil where nothing becomes of them.
    package let scaling: ConfigurationFields?
    /// The same as text, with keys in fixed order and what is left out spelled out.
    package let text: String

    /// Reads it.
    ///
    /// - Parameters:
    ///   - fields: All of `config.json`.
    ///   - standard: The base where none is said.
    ///   - positions: The longest text that is promised.
    /// - Throws: `ConfigurationError` when two places say different things.
    init(_ fields: ConfigurationFields, theta standard: Double, positions: Int) throws {
        let places = try ["rope_parameters", "rope_scaling"].compactMap { key in
            try fields.object(key).map { (key: key, fields: $0) }
        }
        theta =
            try Self.one("rope_theta", fields, places) { try $0.number("rope_theta") } ?? standard
        partialFactor =
            try Self.one("partial_rotary_factor", fields, places) {
                try $0.number("partial_rotary_factor")
            } ?? 1
        let texts = try places.map { try Self.text($0.fields, positions) }
        if texts.count == 2, texts[0].text != texts[1].text {
            throw fields.error(
                "rope_scaling",
                found: "\(texts[1].text), and 'rope_parameters' is \(texts[0].text)",
                expected: "one meaning; remove the one that is wrong"
            )
        }
        kind = texts.first?.kind ?? "default"
        text = texts.first?.text ?? Self.plain
        scaling = text == Self.plain ? nil : places.first?.fields
    }

    private static let plain = "plain"

    /// The one value that a key has in all places that have it.
    private static func one(
        _ key: String,
        _ fields: ConfigurationFields,
        _ places: [(key: String, fields: ConfigurationFields)],
        _ read: (ConfigurationFields) throws -> Double?
    ) throws -> Double? {
        var found: (place: String, value: Double)?
        for place in [(key: "the top level", fields: fields)] + places {
            guard let value = try read(place.fields) else { continue }
            if let found, found.value != value {
                throw fields.error(
                    key,
                    found: "\(found.value) in \(found.place) and \(value) in \(place.key)",
                    expected: "one value; remove the one that is wrong"
                )
            }
            found = found ?? (place.key, value)
        }
        return found?.value
    }

    private static func text(
        _ rope: ConfigurationFields,
        _ positions: Int
    ) throws -> (kind: String, text: String) {
        let kinds = try [rope.text("rope_type"), rope.text("type")].compactMap { $0 }
        if kinds.count == 2, kinds[0] != kinds[1] {
            throw rope.error(
                "rope_type",
                found: "\"\(kinds[0])\", and 'type' beside it is \"\(kinds[1])\"",
                expected: "one kind; remove the one that is wrong"
            )
        }
        let kind = kinds.first ?? "default"
        var numbers: [String: String] = [:]
        for (key, value) in rope.values {
            if ["rope_theta", "rope_type", "type", "partial_rotary_factor"].contains(key) {
                continue
            }
            guard rope.isGiven(key) else { continue }
            if value is [String: Any] {
                throw rope.error(
                    key,
                    found: "an object",
                    expected: "a number: the same positions in every layer"
                )
            }
            let list = (value as? [Double])?.map { "\($0)" }.joined(separator: " ")
            numbers[key] =
                (value as? Double).map { "\($0)" } ?? list ?? ConfigurationFields.text(of: value)
        }
        if kind == "default" || kind == "linear" && numbers["factor"] == "1.0" {
            return ("default", plain)
        }
        // What is left out has these values (`modeling_rope_utils`).
        var standards = ["original_max_position_embeddings": "\(Double(positions))"]
        if kind == "yarn" {
            standards["beta_fast"] = "32.0"
            standards["beta_slow"] = "1.0"
        }
        if ["linear", "dynamic"].contains(kind) { standards = [:] }
        numbers.merge(standards) { said, _ in said }
        let texts = numbers.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        return (kind, ([kind] + texts).joined(separator: ", "))
    }
}
