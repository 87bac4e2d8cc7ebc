/// A value of a file of JSON, with its place in the file for errors.
struct JSONNode {
    let tape: JSONTape
    let index: Int
    /// The keys that lead to it, such as `model.vocab`.
    let path: String
    /// The file, for errors.
    let origin: String

    /// Reads a file's text.
    ///
    /// - Throws: `TokenizerError.malformedFile`.
    init(_ text: [UInt8], origin: String) throws(TokenizerError) {
        do {
            tape = try JSONTape(text)
        } catch {
            throw .malformedFile(
                path: origin,
                reason: "\(error.reason), at byte \(error.offset) of \(text.count)"
            )
        }
        (index, path, self.origin) = (0, "", origin)
    }

    private init(tape: JSONTape, index: Int, path: String, origin: String) {
        (self.tape, self.index, self.path, self.origin) = (tape, index, path, origin)
    }

    private var value: JSONTape.Value { tape.values[index] }
    /// Its kind.
    var kind: JSONTape.Kind { value.kind }

    /// An error that names this value.
    func malformed(_ reason: String) -> TokenizerError {
        .malformedFile(path: origin, reason: path.isEmpty ? reason : "'\(path)' \(reason)")
    }

    /// An error that says that this value asks for something that we do not do.
    func unsupported(_ what: String) -> TokenizerError {
        .unsupportedModel(
            origin: origin,
            reason: (path.isEmpty ? what : "'\(path)' asks for \(what)")
                + ", which is not supported"
        )
    }

    private func expected(_ expected: String) -> TokenizerError {
        malformed("is \(shown), expected \(expected)")
    }

    /// The value in words, for errors.
    var shown: String {
        switch kind {
        case .null: "null"
        case .no: "false"
        case .yes: "true"
        case .number: String(decoding: bytes, as: UTF8.self)
        case .text: "\"\(String(decoding: bytes.prefix(60), as: UTF8.self))\""
        case .list: "a list"
        case .object: "an object"
        }
    }

    /// The bytes of a text or a number.
    var bytes: ArraySlice<UInt8> { Self.bytes(at: index, of: tape) }

    private static func bytes(at index: Int, of tape: JSONTape) -> ArraySlice<UInt8> {
        let value = tape.values[index]
        guard value.kind == .text || value.kind == .number else { return [] }
        return tape.bytes[Int(value.start)..<Int(value.start + value.count)]
    }

    /// The value under a key of an object, the last where it is there twice; nil for null, for a
    /// key that is missing and for a value that is no object.
    subscript(key: String) -> JSONNode? {
        guard kind == .object else { return nil }
        var found: Int?
        var place = index + 1
        while place < Int(value.end) {
            if Self.bytes(at: place, of: tape).elementsEqual(key.utf8) { found = place + 1 }
            place = Int(tape.values[place + 1].end)
        }
        guard let found, tape.values[found].kind != .null else { return nil }
        return child(found, key)
    }

    /// Whether an object has a key, whatever is under it.
    func has(_ key: String) -> Bool {
        guard kind == .object else { return false }
        var place = index + 1
        while place < Int(value.end) {
            if Self.bytes(at: place, of: tape).elementsEqual(key.utf8) { return true }
            place = Int(tape.values[place + 1].end)
        }
        return false
    }

    private func child(_ index: Int, _ key: String) -> JSONNode {
        JSONNode(
            tape: tape,
            index: index,
            path: path.isEmpty ? key : "\(path).\(key)",
            origin: origin
        )
    }

    /// The value under a key that must be there.
    func required(_ key: String) throws(TokenizerError) -> JSONNode {
        guard kind == .object else { throw expected("an object") }
        guard let found = self[key] else {
            throw malformed(path.isEmpty ? "has no '\(key)'" : "has no key '\(key)'")
        }
        return found
    }

    /// The text.
    func text() throws(TokenizerError) -> String {
        guard kind == .text else { throw expected("a text") }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The flag.
    func flag() throws(TokenizerError) -> Bool {
        guard kind == .yes || kind == .no else { throw expected("true or false") }
        return kind == .yes
    }

    /// The whole number, at least 0.
    func natural() throws(TokenizerError) -> Int {
        guard kind == .number, let number = Self.natural(bytes) else {
            throw expected("a whole number from 0")
        }
        return number
    }

    /// Digits as a number below 2^31.
    static func natural(_ digits: ArraySlice<UInt8>) -> Int? {
        var number = 0
        for digit in digits {
            guard (0x30...0x39).contains(digit), number < 1 << 31 else { return nil }
            number = number * 10 + Int(digit - 0x30)
        }
        return digits.isEmpty || number >= 1 << 31 ? nil : number
    }

    /// The text under a key; nil when it is missing or null.
    func text(_ key: String) throws(TokenizerError) -> String? { try self[key]?.text() }

    /// The flag under a key, or `standard` when it is missing or null.
    func flag(_ key: String, _ standard: Bool) throws(TokenizerError) -> Bool {
        try self[key]?.flag() ?? standard
    }

    /// The values of a list.
    func list() throws(TokenizerError) -> [JSONNode] {
        guard kind == .list else { throw expected("a list") }
        var children: [JSONNode] = []
        try forEach { number, place throws(TokenizerError) in
            children.append(child(place, "\(number)"))
        }
        return children
    }

    /// Numbers and indices of the values of a list, for lists that are too long for nodes.
    func forEach(_ body: (Int, Int) throws(TokenizerError) -> Void) throws(TokenizerError) {
        guard kind == .list else { throw expected("a list") }
        var (place, number) = (index + 1, 0)
        while place < Int(value.end) {
            try body(number, place)
            place = Int(tape.values[place].end)
            number += 1
        }
    }

    /// Keys and indices of the values of an object.
    func forEachPair(
        _ body: (ArraySlice<UInt8>, Int) throws(TokenizerError) -> Void
    ) throws(TokenizerError) {
        guard kind == .object else { throw expected("an object") }
        var place = index + 1
        while place < Int(value.end) {
            try body(Self.bytes(at: place, of: tape), place + 1)
            place = Int(tape.values[place + 1].end)
        }
    }

    /// How many entries a list or an object has.
    var count: Int { kind == .list || kind == .object ? Int(value.count) : 0 }

    /// The value at an index that `forEach` gave.
    func node(at index: Int, _ name: String) -> JSONNode { child(index, name) }
}
