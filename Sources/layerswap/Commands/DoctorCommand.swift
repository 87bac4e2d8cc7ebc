import ArgumentParser
import Foundation
import Kernels
import Pipeline

/// `layerswap doctor`.
struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Show what this machine computes with, and how fast."
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
        var advice: [String]
    }

    func run() throws {
        let status = try OpenBLAS.load()
        let rate = Self.measuredRate()
        if probe {
            let data = try JSONEncoder().encode(Rate(kernel: status.kernel, gigaflops: rate))
            Console.write(String(decoding: data, as: UTF8.self))
            return
        }
        let processor = Processor.current
        let before = status.requestedKernel == nil ? nil : Self.uncorrectedRate()
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
            advice: advice(processor, status, rate: rate, before: before)
        )
        show(report)
        try output.console.object(report)
    }

    private func show(_ report: Report) {
        let console = output.console
        let reason =
            report.setByUser
            ? "asked for by OPENBLAS_CORETYPE"
            : report.requestedKernel == nil ? "chosen by OpenBLAS" : "chosen for this processor"
        var rows = [
            ["processor", report.processor],
            ["features", report.features.joined(separator: " ")],
            ["cores", "\(report.cores), \(report.threads) used"],
            ["memory", NumberText.bytes(report.memoryBytes)],
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
            )
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

    /// The best of several products of 512 by 512 matrices, in 10⁹ operations a second.
    static func measuredRate() -> Double {
        let side = 512
        let buffer = FloatBuffer(count: 3 * side * side)
        buffer.view.fill(0.5)
        let matrices = (0..<3).map { index in
            let range = index * side * side..<(index + 1) * side * side
            return MatrixView(buffer.view[range], rows: side, columns: side)
        }
        let products = LinearProduct(method: .openBLAS)
        var best = Double.infinity
        for _ in 0..<12 {
            let start = ContinuousClock.now
            products.forward(input: matrices[0], weight: matrices[1], output: matrices[2])
            best = min(best, start.duration(to: .now).inSeconds)
        }
        withExtendedLifetime(buffer) {}
        return 2 * Double(side * side * side) / best / 1e9
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
