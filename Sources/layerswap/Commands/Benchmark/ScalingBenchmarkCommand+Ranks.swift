import ArgumentParser
import Benchmarks
import Checkpointing
import Foundation
import Foundations
import Kernels
import Pipeline
import RankedStudies
import Ranks

/// A shape that is timed over ranks, by its name.
struct RankShape: ExpressibleByArgument {
    let shape: RankBenchmark.Shape

    init?(argument: String) {
        guard let shape = RankBenchmark.shapes.first(where: { $0.name == argument }) else {
            return nil
        }
        self.shape = shape
    }

    static var allValueStrings: [String] { RankBenchmark.shapes.map(\.name) }
}

extension ScalingBenchmarkCommand {
    /// Times steps that all ranks do together; rank 0 alone says what was found.
    func timeRanks(_ place: OutputPlace?) throws {
        guard OpenMPI.isLaunched() else {
            throw ValidationError(
                "--ranks times what several processes do together; start it with "
                    + "mpirun -n 2 layerswap benchmark scaling --ranks --threads 1"
            )
        }
        let group = try RankGroup.join()
        do {
            guard group.count > 1 else {
                throw ValidationError("--ranks needs two ranks or more: mpirun -n 2 …")
            }
            let console = output.output.console
            let shapes = shape.isEmpty ? Array(RankBenchmark.shapes.prefix(2)) : shape.map(\.shape)
            let result = try RankScaling(
                shapes,
                peers: GroupPeers(group) {},
                threadCount: threads.count,
                latency: latency / 1e6
            ) { point in
                guard group.rank == 0 else { return }
                console.remark(
                    "\(point.shape) \(point.mode.rawValue), ranks \(point.ranks): "
                        + "\(Figure.text(point.milliseconds)) ms a step"
                )
            }
            try group.leave()
            guard group.rank == 0 else { return }
            try report(result, ranks: group.count, place)
        } catch {
            guard group.rank == 0 else { group.abort(EXIT_FAILURE) }
            Console.writeError("layerswap: error: \(ErrorText.text(of: error))")
            group.abort(EXIT_FAILURE)
        }
    }

    private func report(_ result: RankScaling, ranks: Int, _ place: OutputPlace?) throws {
        try place?.writeFile(Data(RankScalingChart(result).svg.utf8))
        let console = output.output.console
        console.remark("")
        console.result(
            "between ranks: \(Figure.text(result.path.latency * 1e6)) µs a message, "
                + "\(Figure.text(result.path.bandwidth / 1e9)) GB/s"
        )
        console.result("")
        for line in Self.predictions(result).lines { console.result(line) }
        console.result("")
        let record = BenchmarkRecord(
            benchmark: "scaling over ranks",
            work: [
                "ranks": "\(ranks)", "threads": "\(threads.count)", "latency": "\(latency)",
                "shapes": Set(result.points.map(\.shape)).sorted().joined(separator: ","),
            ],
            threads: threads.count,
            kernel: try LinearPrecision.float32.load(),
            figures: result
        )
        try output.report(record, Self.measurements(result))
    }

    private static func measurements(_ result: RankScaling) -> TextTable {
        TextTable(
            header: [
                "shape", "work", "ranks", "tokens a step", "ms a step", "tokens/s", "times alone",
                "waiting", "sent a step", "by the formula",
            ],
            rows: result.points.map { point in
                let alone = result.points.first { $0.shape == point.shape && $0.mode == .alone }
                let check = result.checks.first {
                    $0.shape == point.shape && $0.mode == point.mode
                }
                let times = alone.map { point.tokensPerSecond / $0.tokensPerSecond }
                return [
                    point.shape, point.mode.rawValue, "\(point.ranks)",
                    NumberText.grouped(point.tokensPerStep), Figure.text(point.milliseconds),
                    NumberText.grouped(Int(point.tokensPerSecond)),
                    times.map { String(format: "%.2f", $0) } ?? "–",
                    "\(Figure.text(100 * point.waitShare)) %",
                    "\(Figure.text(Double(point.bytesPerStep) / 1e6)) MB",
                    check.map { "\(Figure.text($0.predicted)) ms" } ?? "–",
                ]
            },
            rightAligned: Set(2...9)
        )
    }

    private static func predictions(_ result: RankScaling) -> TextTable {
        TextTable(
            header: ["parameters", "tokens a step", "network"]
                + RankScaling.machines.map { "\($0)" } + ["worthwhile"],
            rows: result.predictions.map { prediction in
                [
                    prediction.shape, NumberText.grouped(prediction.tokensPerStep),
                    "\(Figure.text(prediction.gigabits)) Gbit/s",
                ] + prediction.speedups.map { String(format: "%.1f", $0) }
                    + ["\(prediction.worthwhile)"]
            },
            rightAligned: Set(1...(RankScaling.machines.count + 3))
        )
    }
}
