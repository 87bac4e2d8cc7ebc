import Foundation

/// The object of `results.json`, as the outside sees it.
struct ResultsObject: Decodable {
    struct Metric: Decodable {
        var value: Double
        var stderr: Double?
        var n: Int
    }
    struct Row: Decodable {
        var model: String
        var metrics: [String: Metric]
    }
    struct Test: Decodable {
        var metric: String
        var a: String
        var b: String
        var difference: Double
        var interval: [Double]
        var p: Double
        var comparisons: Int?
    }
    var seeds: Int
    var pairs: Int?
    var rows: [Row]
    var tests: [Test]

    init(_ data: Data) throws { self = try JSONDecoder().decode(Self.self, from: data) }
}
