import Foundation

extension TrainingSettings {
    /// Which settings differ from others, and how, in words; empty when none does.
    ///
    /// - Parameter other: The settings that these are compared with.
    /// - Returns: Such as `precision is "fp32", not "bf16"`.
    func difference(from other: TrainingSettings) -> String {
        let own = Self.values(of: self)
        let others = Self.values(of: other)
        let names = Set(own.keys).union(others.keys).sorted()
        let differences = names.filter { own[$0] != others[$0] }.map { name in
            "\(name) is \(own[name] ?? "not set"), not \(others[name] ?? "not set")"
        }
        let advice =
            precision == other.precision
            ? []
            : ["bf16 is computed where the package libdnnl-dev is installed, and fp32 elsewhere"]
        return (differences + advice).joined(separator: "; ")
    }

    /// Every setting as JSON text, by its path.
    private static func values(of settings: TrainingSettings) -> [String: String] {
        guard let data = try? JSONEncoder().encode(settings),
            let object = try? JSONSerialization.jsonObject(with: data)
        else { return [:] }
        return flattened(object, at: "")
    }

    private static func flattened(_ value: Any, at path: String) -> [String: String] {
        guard let object = value as? [String: Any] else {
            let text = try? JSONSerialization.data(
                withJSONObject: value,
                options: [.fragmentsAllowed, .sortedKeys]
            )
            return [path: text.map { String(decoding: $0, as: UTF8.self) } ?? "\(value)"]
        }
        return object.reduce(into: [:]) { result, entry in
            let place = path.isEmpty ? entry.key : "\(path).\(entry.key)"
            result.merge(flattened(entry.value, at: place)) { $1 }
        }
    }
}
