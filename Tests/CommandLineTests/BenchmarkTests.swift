import Foundation
import Testing

@Suite("Benchmarks", .serialized)
struct BenchmarkTests {
    private static let shape = [
        "--vocab", "50", "--width", "32", "--layers", "1", "--heads", "2", "--hidden", "48",
    ]
    private static let training =
        ["benchmark", "train"] + shape + [
            "--rows", "4", "--length", "16", "--steps", "5", "--warmup", "2", "--threads", "2",
        ]

    private func report(_ arguments: [String]) throws -> (Program.Ending, [String: Any]) {
        let ending = try Program.start(arguments + ["--json"]).end()
        #expect(ending.status == 0, "\(ending.errors)")
        let object = try JSONSerialization.jsonObject(with: Data(ending.lastLine.utf8))
        return (ending, try #require(object as? [String: Any]))
    }

    @Test("train reports consistent figures, where they were measured, and no allocations")
    func train() throws {
        let (ending, report) = try report(Self.training)
        // Embedding 50 × 32, one block of 4 · 32² + 3 · 32 · 48 + 2 · 32, final norm 32.
        let parameters = 1600.0 + 4096 + 4608 + 64 + 32
        #expect(report["params"] as? Double == parameters)
        #expect(report["tokens_per_step"] as? Int == 64)
        let rate = try #require(report["tokens_per_second"] as? Double)
        let gflops = try #require(report["gflops"] as? Double)
        #expect(abs(gflops - 6 * parameters * rate / 1e9) < 1e-6 * gflops)
        let plain = try #require(report["gemm_gflops"] as? Double)
        let share = try #require(report["gemm_share"] as? Double)
        #expect(abs(share - gflops / plain) < 1e-6)
        #expect((report["peak_rss_mb"] as? Int ?? 0) > 0)
        let shortest = try #require(report["step_ms_min"] as? Double)
        let median = try #require(report["step_ms_p50"] as? Double)
        let slow = try #require(report["step_ms_p95"] as? Double)
        #expect(shortest <= median && median <= slow)
        let environment = try #require(report["environment"] as? [String: Any])
        #expect(environment["threads"] as? Int == 2)
        for key in ["processor", "kernel", "toolchain", "version", "date"] {
            #expect(environment[key] as? String != "", "\(key)")
        }
        // The library that counts lies beside a program that was built with the package.
        #expect(report["allocations_per_step"] as? Double == 0)
        #expect(ending.errors.contains("0 a step after warm-up"))
    }

    @Test("packed documents are counted, and so is what padding would cost")
    func packed() throws {
        let (ending, report) = try report(Self.training + ["--packed", "--length", "40"])
        let tokens = try #require(report["tokens_per_step"] as? Int)
        let padded = try #require(report["padded_tokens_per_step"] as? Int)
        #expect(tokens == 160)
        #expect(padded > tokens)
        #expect(report["allocations_per_step"] as? Double == 0)
        #expect(ending.errors.contains("padded to the longest"))
    }

    @Test("bf16 is measured, or the measurement says why it was not")
    func precision() throws {
        let (ending, report) = try report(Self.training + ["--precision", "bf16"])
        let work = try #require(report["work"] as? [String: String])
        let fellBack = ending.errors.contains("products stay in fp32")
        #expect(work["precision"] == (fellBack ? "fp32" : "bf16"))
        let wrong = try Program.start(Self.training + ["--precision", "half"]).end()
        #expect(wrong.status == 2)
        #expect(wrong.errors.contains("fp32") && wrong.errors.contains("bf16"))
    }

    @Test("a measurement is compared with an earlier one of the same work alone")
    func comparison() throws {
        let folder = try Program.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "before.json")
        let (before, _) = try report(Self.training)
        try Data(before.output.utf8).write(to: file)
        let same = try Program.start(Self.training + ["--compare", file.path]).end()
        #expect(same.status == 0, "\(same.errors)")
        #expect(same.output.contains(#/tokens_per_second +[\d,.]+ +[\d,.]+ +\d+\.\d{3}/#))
        #expect(same.output.contains(#/params +10,400 +10,400 +1\.000/#))
        let other = try Program.start(
            Self.training + ["--rows", "5", "--compare", file.path]
        ).end()
        #expect(other.status == 1)
        #expect(other.errors.contains("its rows is 4, here it is 5"))
        try Data("no measurement".utf8).write(to: file)
        let unreadable = try Program.start(Self.training + ["--compare", file.path]).end()
        #expect(unreadable.status == 1)
        #expect(unreadable.errors.contains("holds no measurement"))
    }

    @Test("sizes that cannot be measured are refused")
    func refusals() throws {
        let rows = try Program.start(["benchmark", "train", "--rows", "0"]).end()
        #expect(rows.status == 1)
        #expect(rows.errors.contains("rows") && rows.errors.contains("1 or more"))
        let heads = try Program.start(["benchmark", "generate", "--heads", "0"]).end()
        #expect(heads.status == 2)
        #expect(heads.errors.contains("--heads: found 0, expected 1 or more"))
        let new = try Program.start(
            ["benchmark", "generate"] + Self.shape + ["--new", "100000"]
        ).end()
        #expect(new.status == 1)
        #expect(new.errors.contains("--new"))
    }

    @Test("generation, merging and kernels are measured")
    func others() throws {
        let sizes = ["--prompts", "7", "--length", "10", "--new", "6", "--rounds", "2"]
        let (_, generation) = try report(["benchmark", "generate"] + Self.shape + sizes)
        #expect(generation["new_tokens"] as? Int == 42)
        #expect((generation["tokens_per_second"] as? Double ?? 0) > 0)
        let (_, merge) = try report([
            "benchmark", "merge", "--gigabytes", "0.02", "--rounds", "1", "--methods",
            "layer-swap; ties",
        ])
        let methods = try #require(merge["methods"] as? [[String: Any]])
        #expect(methods.compactMap { $0["name"] as? String } == ["cp", "layer-swap", "ties"])
        #expect((merge["weight_bytes"] as? Int ?? 0) > 10_000_000)
        #expect(methods.allSatisfy { ($0["seconds"] as? Double ?? 0) > 0 })
        #expect((methods[2]["peak_rss_mb"] as? Int ?? 0) > 5)
        let (_, kernels) = try report(
            ["benchmark", "kernels"] + Self.shape + ["--tokens", "64", "--length", "16"]
        )
        let lines = try #require(kernels["kernels"] as? [[String: Any]])
        let names = lines.compactMap { $0["name"] as? String }
        for part in ["head 32 → 50", "attention, backward", "SwiGLU, forward", "AdamW"] {
            #expect(names.contains { $0.contains(part) }, "\(part)")
        }
        #expect(lines.allSatisfy { ($0["us_p50"] as? Double ?? 0) > 0 })
    }

    @Test("a peer is measured in turn, and its failure is reported")
    func peer() throws {
        let folder = try Program.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let script = folder.appending(path: "peer.sh")
        // A peer of known speed: the ratio follows from what this program measured.
        let line = #"{"mode":"eager","dtype":"fp32","tokens_per_second":100,"peak_rss_mb":9}"#
        try Data("echo starting\necho '\(line)'\n".utf8).write(to: script)
        let arguments = [
            "benchmark", "peer", script.path, "--python", "bash", "--shapes", "A", "--modes",
            "eager", "--rounds", "1",
        ]
        let (_, report) = try report(arguments)
        let rows = try #require(report["rows"] as? [[String: Any]])
        #expect(rows.count == 2)
        let own = try #require(rows[0]["tokens_per_second"] as? Double)
        let advantage = try #require(rows[1]["advantage"] as? Double)
        #expect(abs(advantage - own / 100) < 1e-6 * advantage)
        try Data("exit 3\n".utf8).write(to: script)
        let failed = try Program.start(arguments).end()
        #expect(failed.status == 1)
        #expect(failed.errors.contains("failed with status 3"))
    }
}
