import Datasets
import Evaluation
import MergeMethods
import Merging
import RecipeDocuments
import Recipes
import RunRecords

/// Trying many settings: all zones, or those that a search chooses.
extension Workshop {
    /// Asks every pair of zones some problems, with all other settings as they are.
    ///
    /// - Parameters:
    ///   - setting: A layer swap with zones.
    ///   - count: How many problems in each language.
    ///   - emit: Gets `grid`, a `cell` for each pair, and `done`.
    /// - Throws: `CancellationError`, `StudioError`, `RecipeError`.
    func map(_ setting: JSONValue, problems count: Int, emit: EventSink) async throws {
        let start = ContinuousClock.now
        try check(count)
        let around = try swap(setting)
        let room = shape.layers - around.bottomTransition - around.topTransition
        try emit(StreamEvent("grid", GridMessage(room: room)))
        for (bottom, top) in GridMessage.pairs(room: room) {
            var swap = around
            swap.bottom = bottom
            swap.top = top
            var merge = try shape.merge(setting)
            merge.method = .layerSwap(swap)
            let subject = Subject.merge(merge)
            try Task.checkCancellation()
            let target = try await share(of: subject, .target, count)
            let english = try await share(of: subject, .english, count)
            try emit(
                StreamEvent(
                    "cell",
                    CellMessage(bottom: bottom, top: top, target: target, english: english)
                )
            )
            await Task.yield()
        }
        try emit(StreamEvent("done", DoneMessage(milliseconds: start.millisecondsToNow)))
    }

    /// Searches for the coefficients of a layer swap.
    ///
    /// - Parameters:
    ///   - setting: The swap that the search begins at.
    ///   - search: The search, as a recipe has it.
    ///   - count: How many problems of the target language decide.
    ///   - emit: Gets a `candidate` for each that was asked, and `done` with the best.
    /// - Throws: `CancellationError`, `StudioError`, `RecipeError`.
    func search(
        _ setting: JSONValue,
        _ search: JSONValue,
        problems count: Int,
        emit: EventSink
    ) async throws {
        try check(count)
        let begin = try swap(setting)
        let settings = try SearchSettings(WorkshopShape.value(of: search))
        var candidates = settings.search(from: begin, layerCount: shape.layers)
        var best: (setting: JSONValue, score: Double)?
        var number = 0
        while number < settings.budget, let candidate = candidates.next() {
            try Task.checkCancellation()
            var merge = try shape.merge(setting)
            merge.method = .layerSwap(settings.swap(begin, with: candidate))
            let score = try await share(of: .merge(merge), .target, count)
            candidates.tell(score)
            number += 1
            let shown = try JSONValue(encoding: merge)
            let isBest = best.map { score > $0.score } ?? true
            if isBest { best = (shown, score) }
            try emit(
                StreamEvent(
                    "candidate",
                    CandidateMessage(
                        number: number,
                        of: settings.budget,
                        setting: shown,
                        score: score,
                        best: isBest
                    )
                )
            )
            await Task.yield()
        }
        guard let best else { return }
        try emit(StreamEvent("done", FoundMessage(setting: best.setting, score: best.score)))
    }

    private func swap(_ setting: JSONValue) throws -> LayerSwap {
        guard case .layerSwap(let swap) = try shape.merge(setting).method else {
            throw StudioError.malformed("only a layer swap has zones and coefficients")
        }
        return swap
    }

    /// The share of right answers to the first problems of a language.
    private func share(
        of subject: Subject,
        _ role: LanguageRole,
        _ count: Int
    ) async throws -> Double {
        let records = try await records(of: subject, role, problems: count)
        return ShareMessage(records.map(\.strictCorrect))?.share ?? 0
    }
}

/// The zones that a map has.
struct GridMessage: Encodable, Sendable {
    let bottoms: [Int]
    let tops: [Int]

    /// All widths that leave the transitions their layers.
    init(room: Int) {
        bottoms = Array(0...room)
        tops = Array(0...room)
    }

    /// All pairs of widths, narrow ones first: they are what people look for.
    static func pairs(room: Int) -> [(bottom: Int, top: Int)] {
        (0...room).flatMap { sum in (0...sum).map { (bottom: sum - $0, top: $0) } }
    }
}

/// One pair of zones.
struct CellMessage: Encodable, Sendable {
    let bottom: Int
    let top: Int
    let target: Double
    let english: Double
}

/// A setting that a search tried.
struct CandidateMessage: Encodable, Sendable {
    let number: Int
    let of: Int
    let setting: JSONValue
    let score: Double
    let best: Bool
}

/// The best setting of a search.
struct FoundMessage: Encodable, Sendable {
    let setting: JSONValue
    let score: Double
}
