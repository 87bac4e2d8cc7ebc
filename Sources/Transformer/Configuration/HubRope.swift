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

    /// Reads the positions of a model, and those of its layers with a window where they are others.
    ///
    /// - Parameters:
    ///   - fields: All of `config.json`.
    ///   - family: The family, with its defaults.
    ///   - positions: The longest text that is promised.
    /// - Returns: The positions of most layers, and those of layers with a window.
    /// - Throws: `ConfigurationError` when two places say different things.
    static func read(
        _ fields: ConfigurationFields,
        _ family: HubDefaults,
        positions: Int
    ) throws -> (common: HubRope, local: HubRope?) {
        let key = "rope_parameters"
        guard let theta = family.localRopeTheta else {
            let places = try [key, "rope_scaling"].compactMap { key in
                try fields.object(key).map { Place(key: key, fields: $0) }
            }
            return (try HubRope(fields, places, theta: family.ropeTheta, positions: positions), nil)
        }
        let kinds = (common: "full_attention", local: "sliding_attention")
        let nested = try fields.object(key)
        if let nested,
            let other = nested.values.keys.sorted().first(where: {
                $0 != kinds.common && $0 != kinds.local
            })
        {
            throw fields.error(
                key,
                found: "an object with \"\(other)\"",
                expected: "one object for \"\(kinds.common)\" and one for \"\(kinds.local)\""
            )
        }
        let common = try nested?.object(kinds.common).map { Place(key: key, fields: $0) }
        let scaling = try fields.object("rope_scaling").map {
            Place(key: "rope_scaling", fields: $0)
        }
        let local = try nested?.object(kinds.local).map { Place(key: key, fields: $0) }
        return (
            try HubRope(
                fields,
                [common, scaling].compactMap { $0 },
                theta: family.ropeTheta,
                positions: positions
            ),
            try HubRope(
                fields,
                [local].compactMap { $0 },
                thetaKey: "rope_local_base_freq",
                theta: theta,
                positions: positions
            )
        )
    }

    /// A place that says something of positions.
    private struct Place {
        let key: String
        let fields: ConfigurationFields
    }

    /// Reads it.
    ///
    /// - Parameters:
    ///   - fields: All of `config.json`.
    ///   - places: What stands under `rope_parameters` and `rope_scaling`.
    ///   - thetaKey: The key of the base at the top level.
    ///   - standard: The base where none is said.
    ///   - positions: The longest text that is promised.
    /// - Throws: `ConfigurationError` when two places say different things.
    private init(
        _ fields: ConfigurationFields,
        _ places: [Place],
        thetaKey: String = "rope_theta",
        theta standard: Double,
        positions: Int
    ) throws {
        theta = try Self.one(thetaKey, fields, "rope_theta", places) ?? standard
        let share = "partial_rotary_factor"
        partialFactor = try Self.one(share, fields, share, places) ?? 1
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

    /// The one value that a number has in all places that have it: under `key` at the top level and
    /// under `inner` in the others.
    private static func one(
        _ key: String,
        _ fields: ConfigurationFields,
        _ inner: String,
        _ places: [Place]
    ) throws -> Double? {
        var found = try fields.number(key).map { (place: "the top level", value: $0) }
        for place in places {
            guard let value = try place.fields.number(inner) else { continue }
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
