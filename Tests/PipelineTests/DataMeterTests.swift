import Datasets
import Foundation
import Pipeline
import Recipes
import RunRecords
import Testing
import Tokenization

@Suite("Measuring data before training")
final class DataMeterTests {
    private let folder = FileManager.default.temporaryDirectory
        .appending(path: "layerswap-data-\(UUID().uuidString)")

    init() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// Problems of which every fourth is long and every tenth spells a chat symbol.
    private func problems(_ count: Int) -> String {
        (0..<count).map { number in
            let padding = number % 4 == 0 ? String(repeating: "very ", count: 200) : ""
            let symbol = number % 10 == 0 ? "<|assistant|>" : ""
            return "{\"id\": \"p\(number)\", \"question\": \"Juma has \(padding)\(number) mangoes"
                + "\(symbol). He gets 2. How many?\", \"answer\": \(number + 2), "
                + "\"equation_solution\": \"\(number)+2=\(number + 2)\"}"
        }.joined(separator: "\n")
    }

    private func experiment(_ overrides: [String]) throws -> Experiment {
        let file = [
            "data.folder=\(folder.path)", "stages.math.mixture.english-problems.file=p.jsonl",
            "stages.math.mixture.english-problems.format=gsm8k",
        ]
        return try Experiment(
            LoadedRecipe(at: RecipeSupport.url("tiny.yaml"), overrides: file + overrides)
        )
    }

    private func tokenizer() throws -> Tokenizer {
        let options = TokenizerTrainingOptions(vocabularySize: 400, characterCoverage: 1)
        let texts = ["Juma has 12 very ripe mangoes. He gets 2. How many? 1 + 2 = 3. #### 3"]
        return try Tokenizer(model: TokenizerTrainer.train(sentences: texts, options: options))
    }

    private func write(_ text: String) throws {
        try Data(text.utf8).write(to: folder.appending(path: "p.jsonl"))
    }

    @Test("rows, documents, tokens, what is too long and what spells a symbol are counted")
    func counts() throws {
        try write(problems(400))
        let experiment = try experiment([])
        let meter = DataMeter(experiment, tokenizer: try tokenizer())
        let measures = try meter.measures(ofStage: "math")
        #expect(measures.map(\.split) == [.train, .development])
        let rows = try #require(measures[0].rows)
        #expect(rows.rows == 400 && rows.train + rows.development == 400)
        #expect(measures.map(\.documents) == [rows.train, rows.development])
        let long = measures.reduce(0) { $0 + ($1.tokens?.tooLong ?? 0) }
        #expect(long == 100)
        #expect(measures.reduce(0) { $0 + $1.symbols } == 40)
        #expect(measures[0].isWarning && measures[0].isNotable)
        let summary = measures[0].summary
        for part in ["400 rows", "\(rows.train) documents", "longer than 128 tokens left out ("] {
            #expect(summary.contains(part), "\(summary)")
        }
        let blind = try DataMeter(experiment, tokenizer: nil).measures(ofStage: "math")
        #expect(blind.map(\.documents) == measures.map(\.documents))
        #expect(blind[0].tokens == nil && blind[0].symbols == measures[0].symbols)
        #expect(blind[0].summary.contains("characters"))
    }

    @Test("what is counted as too long is what packing leaves out")
    func packing() throws {
        try write(problems(400))
        let tokenizer = try tokenizer()
        let meter = DataMeter(try experiment([]), tokenizer: tokenizer)
        let measure = try meter.measures(ofStage: "math")[0]
        let problems = try MathReader.problems(
            at: folder.appending(path: "p.jsonl"),
            format: .gsm8k,
            solution: .worded
        )
        let shares = SplitShares(development: 0.05, test: 0)
        let dropped = try problems.inSplit(.train, shares: shares).count { problem in
            try TokenSequence.sequences(
                of: .chat(prompt: problem.question, response: problem.response),
                tokenizer: tokenizer,
                format: .standard,
                masksPrompt: true,
                maximumLength: 128
            ).isEmpty
        }
        #expect(dropped > 0 && measure.tokens?.tooLong == dropped)
    }

    private func message(_ overrides: String...) throws -> String {
        do {
            let meter = DataMeter(try experiment(overrides), tokenizer: try tokenizer())
            _ = try meter.measures(ofStage: "math")
            return "no error"
        } catch {
            return "\(error)"
        }
    }

    @Test("a source of which nothing fits is named with its file and the key of the recipe")
    func nothingFits() throws {
        try write(problems(40))
        let found = try message("stages.math.sequence_length=16")
        for part in [
            "stage \"math\"", "\"english-problems\" (the file p.jsonl)", "none of its",
            "fits into sequence_length 16", "raise stages.math.sequence_length",
        ] {
            #expect(found.contains(part), "\(found)")
        }
        #expect(!found.contains("maximumSequenceLength"))
    }

    @Test("a part without a row says where the rows are, and how to go on without it")
    func emptyPart() throws {
        try write(problems(1))
        let found = try message()
        #expect(found.contains("p.jsonl: 1 row, in the "), "\(found)")
        #expect(found.contains("stage \"math\" cannot read \"english-problems\""), "\(found)")
        try write("{\"id\": \"a\", \"question\": \"How many?\", \"answer\": 2}\n")
        let unsolved = try message("world.development_share=0", "stages.math.validation_batches=0")
        #expect(unsolved.contains("has a worked solution to learn from"), "\(unsolved)")
    }

    @Test("counting changes no identity, and old records without counts are read")
    func records() throws {
        let old =
            #"{"facts": "", "identity": "\#(String(repeating: "0", count: 64))", "#
            + #""outputs": {}, "seconds": 1, "stage": "math"}"#
        let record = try JSONDecoder().decode(StageRecord.self, from: Data(old.utf8))
        #expect(record.data == nil)
        var measured = record
        let measure =
            #"{"stage": "math", "source": "a", "split": "train", "documents": 3, "#
            + #""isSample": false, "characters": 9, "empty": 0, "symbols": 1}"#
        measured.data = [try JSONDecoder().decode(SourceMeasure.self, from: Data(measure.utf8))]
        let coded = try JSONEncoder().encode(measured)
        #expect(try JSONDecoder().decode(StageRecord.self, from: coded) == measured)
        #expect(measured.identity == record.identity)
    }
}
