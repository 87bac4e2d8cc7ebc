import Foundation
import Foundations
import RankedStudies

/// Puts what several ranks do into words: a line for each unit that begins or is made, and one view
/// of all ranks that is brought up to date.
final class RankReporter {
    private let console: Console
    private let line: ProgressLine
    private let start = ContinuousClock.now
    /// Tokens of work that were left at first.
    private var whole: Double?

    /// Reports to a console.
    init(console: Console) {
        self.console = console
        line = ProgressLine(console: console)
    }

    /// Says what an event means.
    func report(_ event: RankedStudy.Event) {
        if console.quiet { return }
        switch event {
        case .began(let units, let ranks):
            say("\(units) stages to make on \(ranks) ranks")
        case .started(let rank, let unit): say("rank \(rank)  begins \(unit.name)")
        case .finished(let rank, let unit, let seconds, let done, let count):
            let time = Duration.seconds(seconds).briefly
            say("rank \(rank)  \(unit.name) finished, \(time); \(done) of \(count) stages")
        case .progress(let all, let remaining): progress(all, remaining)
        }
    }

    /// Leaves the progress line.
    func close() { line.close() }

    private func progress(
        _ all: [(name: String, progress: RankProgress)?],
        _ remaining: Double
    ) {
        let first = whole ?? remaining
        whole = first
        var words = all.enumerated().map { rank, work in
            "\(rank) \(work.map { Self.text($0.name, $0.progress) } ?? "waits")"
        }
        let speed = all.compactMap { $0?.progress.tokensPerSecond }.reduce(0, +)
        if speed > 0 { words.append("\(NumberText.grouped(Int(speed))) tok/s") }
        let passed = start.duration(to: .now).inSeconds
        if first > remaining, remaining > 0 {
            let left = passed * remaining / (first - remaining)
            words.append("about \(Duration.seconds(left).briefly) left")
        }
        line.update("  " + words.joined(separator: " | "), isLast: false)
    }

    private static func text(_ name: String, _ progress: RankProgress) -> String {
        if let what = progress.what { return "\(name) \(what)" }
        guard let step = progress.step, let steps = progress.steps, steps > 0 else { return name }
        return "\(name) \(100 * step / steps) %"
    }

    private func say(_ text: String) { line.say(text) }
}
