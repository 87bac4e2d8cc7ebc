import Checkpointing
import Foundation
import Foundations
import Kernels
import MergeMethods
import Merging

/// Times merges of synthetic checkpoints on disk, each in a process of its own, beside copying the
/// files and, where asked for, beside mergekit doing the same merge.
package struct MergeBenchmark {
    /// One way to merge.
    private struct Method {
        var name: String
        var flags: [String]
        var needsBase = false
        /// Whether mergekit has it.
        var hasPeer = true
    }

    private static let methods: [Method] =
        [
            Method(name: "layer-swap", flags: []),
            Method(name: "layer-swap, all copied", flags: ["--transition", "none"]),
            Method(name: "average", flags: ["--method", "average"]),
            Method(name: "slerp", flags: ["--method", "slerp"]),
        ]
        + [
            "task-arithmetic", "ties", "dare", "dare-ties", "della", "della-linear", "breadcrumbs",
            "breadcrumbs-ties", "model-stock",
        ].map { Method(name: $0, flags: ["--method", $0], needsBase: true) }

    /// The names of the ways to merge.
    package static var names: [String] { methods.map(\.name) }

    /// What was measured of one way to merge: medians over the rounds.
    package struct Row: Encodable, Sendable {
        /// Its name; `cp` for copying the files of one model.
        package var name: String
        /// From the start of the process to its end.
        package var seconds: Double
        /// Bytes of the merged weights a second, in units of 10⁹.
        package var gigabytesPerSecond: Double
        /// Of these the seconds in which tensors were copied and computed.
        ///
        /// The others proved, hashed and recorded. Nil for `cp`.
        package var mergingSeconds: Double?
        /// The most memory that the process has held, in units of 2²⁰ bytes; nil for `cp`.
        package var peakResidentMegabytes: Int?
        /// What mergekit needed for the same; nil where it was not asked or has no such method.
        package var peerSeconds: Double?
        /// The most memory that mergekit has held.
        package var peerResidentMegabytes: Int?
        /// How many times as fast LayerSwap is.
        package var advantage: Double?

        enum CodingKeys: String, CodingKey {
            case name, seconds, advantage
            case gigabytesPerSecond = "gb_per_second"
            case mergingSeconds = "merging_seconds"
            case peakResidentMegabytes = "peak_rss_mb"
            case peerSeconds = "mergekit_seconds"
            case peerResidentMegabytes = "mergekit_peak_rss_mb"
        }
    }

    /// What was measured.
    package struct Result: Encodable, Sendable {
        /// `cp`, then each way to merge.
        package var methods: [Row]
        /// Bytes of one model's weights.
        package var weightBytes: Int

        enum CodingKeys: String, CodingKey {
            case methods
            case weightBytes = "weight_bytes"
        }
    }

    /// A process with the figures that it reports.
    private struct Measured: Decodable {
        var seconds: Double?
        var peak_rss_mb: Int
        var merging: Double?
    }

    /// What `layerswap merge --json` reports.
    private struct OwnSummary: Decodable {
        var seconds: [String: Double]
        var peak_rss_mb: Int
    }

    private let gigabytes: Double
    private let chosen: [Method]
    private let rounds: Int
    private let threads: Int
    private let folder: URL?
    private let peer: (script: URL, python: String)?
    private let scratchName = "benchmark-\(UUID().uuidString)"

    /// Describes a measurement.
    ///
    /// - Parameters:
    ///   - gigabytes: The size of each model, in units of 10⁹ bytes.
    ///   - methods: Which ways to merge; nil for all.
    ///   - rounds: How often each is measured.
    ///   - threads: How many threads merge.
    ///   - folder: Where the models are made and left for another measurement; nil for a temporary
    ///     folder that is removed.
    ///   - peer: A script that runs mergekit, and its Python.
    /// - Throws: `OptionError` for what cannot be measured.
    package init(
        gigabytes: Double,
        methods: [String]?,
        rounds: Int,
        threads: Int,
        folder: URL?,
        peer: (script: URL, python: String)?
    ) throws {
        guard (0.001...1_000).contains(gigabytes) else {
            throw OptionError("--gigabytes: found \(gigabytes), expected 0.001 to 1000")
        }
        guard (1...1_000).contains(rounds) else {
            throw OptionError("--rounds: found \(rounds), expected 1 to 1000")
        }
        chosen = try (methods ?? Self.names).map { name in
            guard let method = Self.methods.first(where: { $0.name == name }) else {
                throw OptionError(
                    "--methods: found \"\(name)\", expected some of "
                        + Self.names.joined(separator: "; ")
                )
            }
            return method
        }
        if let peer, !FileManager.default.isReadableFile(atPath: peer.script.path) {
            throw OptionError("\(peer.script.shownPath) cannot be read; expected a script")
        }
        self.gigabytes = gigabytes
        self.rounds = rounds
        self.threads = threads
        self.folder = folder
        self.peer = peer
    }

    /// Measures; each round goes through all ways to merge.
    ///
    /// - Parameter onProgress: Gets a line for each measurement.
    /// - Returns: Medians over the rounds.
    /// - Throws: `OptionError` when a program fails; errors of writing.
    package func run(onProgress: (String) -> Void) throws -> Result {
        if let peer { try BenchmarkProcess.check(python: peer.python) }
        let place =
            folder
            ?? FileManager.default.temporaryDirectory.appending(
                path: "layerswap-\(UUID().uuidString)"
            )
        try OutputPlace.checkWritable(inside: place)
        // In a folder of its own, since what has been measured is removed.
        let scratch = place.appending(path: scratchName)
        let temporary = UnfinishedItem(at: folder == nil ? place : scratch)
        defer { temporary.remove() }
        try Folder.make(at: scratch)
        try makeModels(in: place, onProgress)
        let bytes = try TensorCollection(at: place.appending(path: ModelPart.base.name)).tensors
            .reduce(0) {
                $0 + $1.byteCount
            }
        var own: [String: [Measured]] = [:]
        var others: [String: [Measured]] = [:]
        for round in 1...rounds {
            func note(_ name: String, _ measured: Measured) {
                onProgress("round \(round): \(name) \(seconds(measured)) s")
            }
            let copy = try measureCopy(in: place)
            own["cp", default: []].append(copy)
            note("cp", copy)
            for method in chosen {
                let merged = try measure(method, in: place)
                own[method.name, default: []].append(merged)
                note(method.name, merged)
                if let peer, method.hasPeer {
                    let other = try measure(method, by: peer, in: place)
                    others[method.name, default: []].append(other)
                    note("\(method.name), mergekit", other)
                }
            }
        }
        let rows = (["cp"] + chosen.map(\.name)).map { name in
            row(name, bytes, own[name] ?? [], others[name] ?? [])
        }
        return Result(methods: rows, weightBytes: bytes)
    }

    private func seconds(_ measured: Measured) -> String {
        String(format: "%.2f", measured.seconds ?? 0)
    }

    private func row(_ name: String, _ bytes: Int, _ own: [Measured], _ other: [Measured]) -> Row {
        func median(_ measured: [Measured], _ path: KeyPath<Measured, Double?> = \.seconds)
            -> Double
        {
            let times = measured.compactMap { $0[keyPath: path] }.sorted()
            return times.isEmpty ? 0 : times[times.count / 2]
        }
        let time = median(own)
        return Row(
            name: name,
            seconds: time,
            gigabytesPerSecond: Double(bytes) / 1e9 / max(time, 1e-9),
            mergingSeconds: name == "cp" ? nil : median(own, \.merging),
            peakResidentMegabytes: name == "cp" ? nil : own.map(\.peak_rss_mb).max(),
            peerSeconds: other.isEmpty ? nil : median(other),
            peerResidentMegabytes: other.map(\.peak_rss_mb).max(),
            advantage: other.isEmpty ? nil : median(other) / max(time, 1e-9)
        )
    }

    private func makeModels(in place: URL, _ onProgress: (String) -> Void) throws {
        let checkpoint = SyntheticCheckpoint(bytes: Int(gigabytes * 1e9))
        let pool = WorkerPool(threadCount: threads)
        for (name, expert) in [
            (ModelPart.base.name, nil), (ModelPart.math.name, 1), (ModelPart.language.name, 2),
        ] as [(String, Int?)] {
            let model = place.appending(path: name)
            guard !FileManager.default.fileExists(atPath: model.path) else { continue }
            onProgress("making \(name), \(checkpoint.layerCount) layers")
            try checkpoint.write(to: model, expert: expert, pool: pool)
        }
    }

    // MARK: One measurement

    private func output(in place: URL) -> URL {
        place.appending(path: scratchName).appending(path: "output")
    }

    private func measureCopy(in place: URL) throws -> Measured {
        let output = output(in: place)
        let item = UnfinishedItem(at: output)
        defer { item.remove() }
        let ending = try BenchmarkProcess.run(
            "/bin/cp",
            ["-r", place.appending(path: ModelPart.math.name).path, output.path]
        )
        return Measured(seconds: ending.seconds, peak_rss_mb: 0)
    }

    private func flags(_ method: Method, in place: URL) -> [String] {
        let models =
            [ModelPart.math.name, ModelPart.language.name]
            + (method.needsBase ? [ModelPart.base.name] : [])
        return ["merge"] + models.flatMap { ["--\($0)", place.appending(path: $0).path] }
            + method.flags
    }

    private func measure(_ method: Method, in place: URL) throws -> Measured {
        let output = output(in: place)
        let item = UnfinishedItem(at: output)
        defer { item.remove() }
        let (measured, seconds) = try BenchmarkProcess.lastObject(
            OwnSummary.self,
            of: BenchmarkProcess.ownProgram(),
            flags(method, in: place)
                + ["--to", output.path, "--threads", "\(threads)", "--quiet", "--json"]
        )
        return Measured(
            seconds: seconds,
            peak_rss_mb: measured.peak_rss_mb,
            merging: measured.seconds[MergeProgress.Step.merging.rawValue]
        )
    }

    private func measure(
        _ method: Method,
        by peer: (script: URL, python: String),
        in place: URL
    ) throws -> Measured {
        let text = try BenchmarkProcess.run(
            BenchmarkProcess.ownProgram(),
            flags(method, in: place) + ["--dtype", "bfloat16", "--mergekit"]
        ).output
        let file = place.appending(path: scratchName).appending(path: "mergekit.yaml")
        try AtomicFile.write(Data(text.utf8), to: file)
        let description = UnfinishedItem(at: file)
        defer { description.remove() }
        let output = output(in: place)
        let item = UnfinishedItem(at: output)
        defer { item.remove() }
        return try BenchmarkProcess.lastObject(
            Measured.self,
            of: "/usr/bin/env",
            [peer.python, peer.script.path, file.path, output.path]
        ).object
    }
}
