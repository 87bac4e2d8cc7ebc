import Foundation
import Foundations
import Kernels

/// A measurement with everything that it may depend on besides the code.
///
/// In JSON the fields of the measurement stand beside those of the record, so that a figure is
/// found at the top level.
package struct BenchmarkRecord: Encodable {
    /// What was measured: train, generate, merge, kernels.
    package let benchmark: String
    /// The flags that describe the work; two records with the same can be compared.
    package let work: [String: String]
    /// Where it was measured.
    package let environment: BenchmarkEnvironment
    /// The figures.
    package let figures: any Encodable

    /// Describes a measurement made here and now.
    package init(
        benchmark: String,
        work: [String: String],
        threads: Int,
        kernel: String,
        figures: any Encodable
    ) {
        self.benchmark = benchmark
        self.work = work
        self.figures = figures
        environment = BenchmarkEnvironment(threads: threads, kernel: kernel)
    }

    private enum CodingKeys: String, CodingKey {
        case benchmark, work, environment
    }

    package func encode(to encoder: any Encoder) throws {
        try figures.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(benchmark, forKey: .benchmark)
        try container.encode(work, forKey: .work)
        try container.encode(environment, forKey: .environment)
    }
}

/// The machine and the program of a measurement.
package struct BenchmarkEnvironment: Codable, Sendable {
    /// The processor's name.
    package var processor: String
    /// Its features that matter, best first.
    package var features: [String]
    /// Its cores.
    package var cores: Int
    /// Threads that computed.
    package var threads: Int
    /// What multiplied matrices.
    package var kernel: String
    /// The compiler.
    package var toolchain: String
    /// The version of the program.
    package var version: String
    /// The commit of the checkout that the program lies in, if it lies in one.
    package var commit: String?
    /// When it was measured.
    package var date: String

    init(threads: Int, kernel: String) {
        let processor = Processor.current
        self.processor = processor.name
        features = processor.notableFeatures
        cores = processor.coreCount
        self.threads = threads
        self.kernel = kernel
        toolchain = Toolchain.version
        version = ProgramVersion.current
        commit = Bundle.main.executableURL.flatMap(Self.commit)
        date = Date().ISO8601Format()
    }

    /// Reads the commit of the nearest checkout above a file, as git keeps it.
    private static func commit(above file: URL) -> String? {
        for folder in file.resolvingSymlinksInPath().foldersAbove {
            let git = folder.appending(path: ".git")
            if let head = try? String(contentsOf: git.appending(path: "HEAD"), encoding: .utf8) {
                return resolved(head.trimmingCharacters(in: .whitespacesAndNewlines), in: git)
            }
        }
        return nil
    }

    private static func resolved(_ head: String, in git: URL) -> String? {
        guard head.hasPrefix("ref: ") else { return head }
        let name = String(head.dropFirst(5))
        if let text = try? String(contentsOf: git.appending(path: name), encoding: .utf8) {
            return text.trimmingCharacters(in: .whitespacesAndNewlines)
        }
        // Git gathers references that have not moved for long in one file.
        let packed = try? String(contentsOf: git.appending(path: "packed-refs"), encoding: .utf8)
        return packed?.split(separator: "\n").first { $0.hasSuffix(" \(name)") }
            .map { String($0.prefix(40)) }
    }
}
