import Analysis
import Evaluation
import Foundation
import MergeMethods
import Pipeline
import Recipes
import RunRecords
import Testing
import Tokenization
import Transformer

@Suite("Runs whose base chooses the zones")
struct RetrievalRunTests {
    private static let found =
        "merges.found={method: layer-swap, pattern: retrieval, sentences: 45, "
        + "bottom_transition: 1, top_transition: 0}"

    /// A place with enough problems to keep half of them for development.
    private func place(_ count: Int = 120) throws -> CheckpointPlace {
        let place = try CheckpointPlace()
        for (language, words) in [("en", "Ann has"), ("de", "Anna hat")] {
            let rows = (0..<count).map { number in
                """
                {"id": "p\(number)", "lang": "\(language)", "question": "\(words) \(number) + 3?", \
                "answer": \(number + 3), "equation": "+ number0 number1"}

                """
            }
            try Data(rows.joined().utf8).write(
                to: place.folder.appending(path: "data/ask-\(language).jsonl")
            )
        }
        return place
    }

    @Test("the zones are those of the base's sentences, and the merge is that with these zones")
    func run() throws {
        let place = try place()
        defer { place.remove() }
        let loaded = try place.loaded(Self.found, "evaluation.development_share=0.5")
        let runner = try place.runner(loaded)
        guard case .complete = try runner.run(observer: { _ in }, shouldStop: { false }) else {
            Issue.record("the run did not end with a table")
            return
        }

        let experiment = try Experiment(loaded)
        let model = try TransformerModel(at: place.model)
        let tokenizer = try Tokenizer(inModelFolder: place.model)
        let pairs = try experiment.sampleSentences(count: 45)
        #expect(pairs.count == 45)
        let record = try RepresentationAnalysis(draws: 1).run(
            model,
            languages: ["en", "de"],
            sentences: [pairs.map(\.english), pairs.map(\.target)].map { texts in
                try texts.map { try tokenizer.sample(.text($0)) }
            },
            kinds: nil,
            threadCount: 1
        )[0]
        let zones = try #require(record.retrievalZones)

        let store = RunStore(folder: place.output)
        let scores = try ModelScores(in: store.evaluationFolder(of: "found"))
        guard case .layerSwap(let swap)? = scores.method else {
            Issue.record("no zones were found")
            return
        }
        #expect(swap.pattern == .zones)
        #expect((swap.bottom, swap.top) == (zones.bottom, zones.top))
        #expect(swap.bottomTransition == min(1, 3 - zones.bottom - zones.top))
        let words = try #require(scores.settings)
        #expect(words.contains("bottom \(zones.bottom), top \(zones.top), "), "\(words)")
        #expect(scores.replicates.map(\.name) == ["math-1", "math-2"])

        // The same swap with its zones written out has the same outcomes, and a second run finds
        // everything done.
        let both = try place.loaded(
            Self.found,
            "evaluation.development_share=0.5",
            "merges.fixed={method: layer-swap, bottom: \(swap.bottom), top: \(swap.top), "
                + "bottom_transition: \(swap.bottomTransition), top_transition: 0, write: false}"
        )
        let second = try place.runner(both)
        let left = second.plan().entries.filter(\.hasWork).map(\.stage.name)
        #expect(left == ["evaluation-fixed", RunFolder.comparison])
        _ = try second.run(observer: { _ in }, shouldStop: { false })
        let fixed = try ModelScores(in: store.evaluationFolder(of: "fixed"))
        #expect(fixed.metrics == scores.metrics)
        for metric in fixed.metrics {
            #expect(fixed.outcomes(of: metric) == scores.outcomes(of: metric), "\(metric)")
        }
    }

    @Test("zones are never found on test problems, and not on a few")
    func refusals() throws {
        let place = try place(60)
        defer { place.remove() }
        let unsplit = try place.loaded(
            Self.found,
            "evaluation.development_share=null",
            "evaluation.development=null",
            "merges.swap.bottom=1"
        )
        do {
            _ = try place.runner(unsplit)
            Issue.record("zones were to be found on test problems")
        } catch {
            #expect("\(error)".contains("would choose zones on test problems"), "\(error)")
        }
        let few = try place.loaded(Self.found)
        do {
            _ = try place.runner(few)
            Issue.record("18 sentences were enough")
        } catch {
            #expect("\(error)".contains("expected at least 40"), "\(error)")
        }
    }
}
