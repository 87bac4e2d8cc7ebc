import Datasets
import Foundation
import Testing

@Suite("Real data", .enabled(if: PackageFolder.hasSharedData))
struct RealDataTests {
    private func file(_ path: String) -> URL {
        PackageFolder.sharedData.appendingPathComponent(path)
    }

    @Test("GSM8K and its translations share their identities and answers")
    func gsm8k() throws {
        let english = try MathReader.problems(
            at: file("math_en/gsm8k_train.sft.jsonl.gz"),
            format: .gsm8k
        )
        #expect(english.count == 5953)
        #expect(english[0].answer == "72" && english[0].equations == ["48 / 2", "48 + 24"])
        #expect(english[0].solution.hasPrefix("Natalia sold 48/2 = 24 clips in May. Natalia"))
        // Some rows of the set carry no equations; nearly all must.
        #expect(english.filter { !$0.equations.isEmpty }.count > 5600)
        let swahili = try MathReader.problems(
            at: file("math_target/gsm8k_train_sw.sft.jsonl.gz"),
            format: .gsm8k,
            solution: .equations
        )
        let byIdentity = Dictionary(uniqueKeysWithValues: english.map { ($0.id, $0) })
        #expect(!swahili.isEmpty)
        for problem in swahili {
            #expect(byIdentity[problem.id]?.answer == problem.answer)
            #expect(problem.language == "sw")
        }
    }

    @Test("ASDiv has equations where they are plain, and they give the answer")
    func asdiv() throws {
        let problems = try MathReader.problems(
            at: file("math_en/asdiv_train.jsonl.gz"),
            format: .asdiv
        )
        #expect(problems.count == 1847)
        let solved = problems.filter { !$0.solution.isEmpty }
        // The rest are remainders, common divisors, unknowns and sequences.
        #expect(solved.count > 1200)
        for problem in solved {
            #expect(problem.solution.hasSuffix("= \(problem.answer)."))
        }
    }

    @Test(
        "MSVAMP has one equation a problem, the same in every language",
        arguments: ["sw", "bn", "ja", "de", "es", "fr"]
    )
    func msvamp(language: String) throws {
        let english = try MathReader.problems(
            at: file("math_target/msvamp_en.dev.jsonl.gz"),
            format: .msvamp
        )
        let problems = try MathReader.problems(
            at: file("math_target/msvamp_\(language).dev.jsonl.gz"),
            format: .msvamp
        )
        #expect(problems.count == 500)
        #expect(problems.map(\.id) == english.map(\.id))
        #expect(problems.map(\.answer) == english.map(\.answer))
        #expect(problems.map(\.equations) == english.map(\.equations))
        #expect(problems.allSatisfy { $0.language == language })
        #expect(english[0].question.hasPrefix("Julia played tag with 18 kids"))
    }

    @Test("MGSM", arguments: ["en", "sw", "bn", "ja", "te"])
    func mgsm(language: String) throws {
        let problems = try MathReader.problems(
            at: file("mgsm/mgsm_\(language).sample50.tsv"),
            format: .mgsm,
            language: language
        )
        #expect(problems.count == 50)
        #expect(problems.prefix(3).map(\.answer) == ["18", "3", "70000"])
    }

    @Test("texts and pairs")
    func texts() throws {
        let common = try TextCorpus(at: file("text/commonvoice_en.jsonl.gz"))
        #expect(common.texts.first == "How big can elephants be?")
        let stories = try TextCorpus(at: file("text/stories_sw_ccby.jsonl.gz"))
        #expect(stories.texts[0].contains("Jembe lake lilikuwa fupi mno.\nMlango"))
        let news = try ParallelCorpus(
            at: file("parallel/lafand_en_sw_dev.jsonl.gz"),
            source: .init(field: "en", cue: "English: {text}"),
            target: .init(field: "sw", cue: "Kiswahili: {text}")
        )
        #expect(news.count == 2 * 1791)
        let tatoeba = try ParallelCorpus(
            at: file("eval/tatoeba_sw_en.jsonl.gz"),
            source: .init(field: "en", cue: "English: {text}"),
            target: .init(field: "sw", cue: "Kiswahili: {text}"),
            direction: .toSource
        )
        #expect(
            try tatoeba.document(at: 0)
                == .chat(prompt: "English: Alinileta kahawa.", response: "He brought me coffee.")
        )
    }
}
