import ArgumentParser
import Foundation
import Foundations
import Kernels
import Ranks

/// `layerswap doctor`.
struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Show the processor, the matrix kernels in use and their measured speed."
    )

    @OptionGroup var threads: ThreadOptions
    @OptionGroup var output: OutputOptions

    @Flag(name: .long, help: .private)
    var probe = false

    /// What one choice of kernels gives.
    struct Rate: Codable {
        var kernel: String
        var gigaflops: Double
    }

    private struct Report: Encodable {
        var processor: String
        var features: [String]
        var cores: Int
        var threads: Int
        var memoryBytes: Int
        var library: String
        var kernel: String
        var requestedKernel: String?
        var setByUser: Bool
        var gigaflops: Double
        var uncorrected: Rate?
        /// What multiplies in single precision: tiles or openblas.
        var products: String
        var tilesGigaflops: Double?
        /// The version of oneDNN, when bf16 can be had.
        var bfloat16: String?
        var bfloat16Gigaflops: Double?
        var bfloat16Problem: String?
        /// The rate of all threads together with what is used.
        var gigaflopsOfAllThreads: Double
        var toolchain: String
        /// The version of Open MPI, when processes can be joined.
        var openMPI: String?
        /// The processes that were started together; nil for one alone.
        var ranks: [RankReport]?
        var advice: [String]
    }

    func run() throws {
        let status = try OpenBLAS.load()
        if probe {
            let rate = Rate(kernel: status.kernel, gigaflops: Self.rate(.openBLAS))
            let data = try JSONEncoder().encode(rate)
            Console.write(String(decoding: data, as: UTF8.self))
            return
        }
        let ranks = try ranks()
        // Another rank than 0 has said what it has to say.
        if let ranks, ranks.isEmpty { return }
        let rate = Self.rate(.openBLAS)
        let processor = Processor.current
        let before = status.requestedKernel == nil ? nil : Self.uncorrectedRate()
        let half = LinearPrecision.bfloat16.orFallback
        let usesTiles = ProductMethod.preferred == .tiles
        let report = Report(
            processor: processor.name,
            features: processor.notableFeatures,
            cores: processor.coreCount,
            threads: threads.count,
            memoryBytes: Int(ProcessInfo.processInfo.physicalMemory),
            library: status.configuration,
            kernel: status.kernel,
            requestedKernel: status.requestedKernel,
            setByUser: status.setByUser,
            gigaflops: rate,
            uncorrected: before,
            products: ProductMethod.preferred.rawValue,
            tilesGigaflops: usesTiles ? Self.rate(.tiles) : nil,
            bfloat16: half.reason == nil ? try OneDNN.load().version : nil,
            bfloat16Gigaflops: half.reason == nil
                ? try ProductRate.best(precision: .bfloat16, threads: 1) / 1e9 : nil,
            bfloat16Problem: half.reason,
            gigaflopsOfAllThreads: ProductRate.measure(
                method: .preferred,
                threads: threads.count
            ) / 1e9,
            toolchain: Toolchain.version,
            openMPI: try? OpenMPI.load().version,
            ranks: ranks,
            advice: advice(processor, status, rate: rate, before: before)
        )
        show(report)
        try output.console.object(report)
    }

    /// The rate of one thread, in 10⁹ operations a second.
    private static func rate(_ method: ProductMethod) -> Double {
        ProductRate.measure(method: method, threads: 1) / 1e9
    }

    private func show(_ report: Report) {
        let console = output.console
        let reason =
            report.setByUser
            ? "requested by OPENBLAS_CORETYPE"
            : report.requestedKernel == nil ? "chosen by OpenBLAS" : "chosen for this processor"
        let tiles = report.tilesGigaflops.map {
            "AVX-512 tiles, \(Self.text($0)) on one core, "
        }
        var rows = [
            ["processor", report.processor],
            ["features", report.features.joined(separator: " ")],
            ["cores", "\(report.cores), \(report.threads) used"],
            ["memory", NumberText.bytes(report.memoryBytes)],
            ["toolchain", report.toolchain],
            [
                "products",
                (tiles ?? "OpenBLAS, ")
                    + "\(Self.text(report.gigaflopsOfAllThreads)) on \(report.threads)",
            ],
            [
                "bf16",
                report.bfloat16.map {
                    "oneDNN \($0), \(Self.text(report.bfloat16Gigaflops ?? 0)) on one core"
                } ?? "not here: \(report.bfloat16Problem ?? "")",
            ],
            ["mpi", report.openMPI.map { "Open MPI \($0)" } ?? "not here"],
            ["library", report.library],
            ["kernel", "\(report.kernel), \(reason)"],
            ["rate", Self.text(report.gigaflops) + " on one core with this kernel"],
        ]
        if let before = report.uncorrected {
            rows.append([
                "uncorrected",
                Self.text(before.gigaflops) + " on one core with OpenBLAS's own choice, "
                    + before.kernel,
            ])
        }
        for line in TextTable(rows: rows).lines { console.result(line) }
        if let ranks = report.ranks {
            for line in [""] + Self.table(of: ranks).lines + [""] { console.result(line) }
        }
        for line in report.advice { console.result("advice: \(line)") }
    }

    private func advice(
        _ processor: Processor,
        _ status: OpenBLAS.Status,
        rate: Double,
        before: Rate?
    ) -> [String] {
        var advice: [String] = []
        if let before, before.gigaflops > rate * 1.1 {
            advice.append(
                "OpenBLAS's own choice is faster here; run with OPENBLAS_CORETYPE=native"
                    + (ProductMethod.preferred == .tiles
                        ? " (training uses the tiles, which do not depend on it)" : "")
            )
        }
        if processor.features.contains("avx512f"), ProductMethod.preferred != .tiles {
            advice.append(
                "this program was built without AVX-512, which this processor has; build it here "
                    + "with 'make build'"
            )
        }
        if OneDNN.isSuitable(processor), LinearPrecision.bfloat16.orFallback.reason != nil {
            advice.append("for 'precision: bf16' install oneDNN: apt-get install libdnnl-dev")
        }
        if threads.count > processor.coreCount {
            advice.append("more threads than cores slow each other down; leave out --threads")
        }
        if !processor.features.contains("avx2"), !processor.features.contains("asimd") {
            advice.append("this processor has no wide vectors; expect long runs")
        }
        return advice.isEmpty ? ["nothing to correct"] : advice
    }

    private static func text(_ gigaflops: Double) -> String {
        String(format: "%.1f GFLOP/s", gigaflops)
    }

    /// The rate in a process that leaves the choice to OpenBLAS; the library chooses once only.
    private static func uncorrectedRate() -> Rate? {
        let process = Process()
        process.executableURL = Bundle.main.executableURL
        process.arguments = ["doctor", "--probe"]
        process.environment = ProcessInfo.processInfo.environment.merging(
            ["OPENBLAS_CORETYPE": "native"]
        ) { $1 }
        let pipe = Pipe()
        process.standardOutput = pipe
        guard process.executableURL != nil, (try? process.run()) != nil else { return nil }
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return try? JSONDecoder().decode(Rate.self, from: data)
    }
}
