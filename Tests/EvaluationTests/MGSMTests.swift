import Datasets
import Evaluation
import Foundation
import Testing
import Tokenization
import Transformer

@Suite("MGSM as lm-evaluation-harness asks it")
struct MGSMTests {
    @Test("prompts and ends are the harness's own, in every language and form")
    func prompts() throws {
        let fixture = try HarnessFixture.read()
        #expect(fixture.prompts.count == 33)
        for expected in fixture.prompts {
            let prompt = try MGSMPrompt(
                expected.form,
                language: expected.language,
                exemplars: fixture.exemplars[expected.language] ?? [],
                task: "t"
            )
            let text = try prompt.text(of: fixture.question)
            #expect(text == expected.text, "\(expected.language) \(expected.form)")
            #expect(prompt.ends == expected.until, "\(expected.language) \(expected.form)")
        }
    }

    @Test("answers are read and judged as the harness's filters do")
    func answers() throws {
        let fixture = try HarnessFixture.read()
        #expect(fixture.answers.count == 13)
        for group in fixture.answers {
            let words = try MGSMWords.of(group.language, task: "t")
            for reply in group.replies {
                let place = "\(group.language) \(group.form): \(reply.text)"
                let flexible = MGSMAnswer.flexible(in: reply.text)
                let strict = MGSMAnswer.strict(in: reply.text, form: group.form, words: words)
                #expect(flexible ?? "[invalid]" == reply.flexible, "\(place)")
                #expect(strict ?? "[invalid]" == reply.strict, "\(place)")
                let isRight = [flexible, strict].map { MGSMAnswer.isCorrect($0, gold: "7") }
                #expect(isRight == [reply.flexibleCorrect, reply.strictCorrect], "\(place)")
            }
        }
    }

    @Test("a scripted model is judged, and its records are read again")
    func scripted() throws {
        let tokenizer = try Fixture.tokenizer()
        let evaluator = try MGSMEvaluator(
            task: "english_mgsm",
            tokenizer: tokenizer,
            form: .native,
            language: "en",
            exemplars: [
                Exemplar(question: "Question: 1 + 1?", steps: "Step-by-Step Answer: 2", answer: "2")
            ]
        )
        let scripts = [
            "12 + 3 = 15. The answer is 15.", "The answer is 13. Or 14\n\nQuestion: more?",
            "What? 72", "none",
        ]
        let generator = ScriptedGenerator(tokenizer: tokenizer, scripts: scripts.map { [$0] })
        let evaluation = try evaluator.evaluate(Fixture.problems, with: generator)
        #expect(evaluation.records.map(\.flexibleCorrect) == [true, true, true, false])
        #expect(evaluation.records.map(\.strictCorrect) == [true, false, false, false])
        #expect(evaluation.records[1].reply == "The answer is 13. Or 14\n\n")
        #expect(evaluation.records.allSatisfy { $0.shots == 1 && $0.promptCut == nil })
        let outcomes = evaluation.outcomes(in: .english)
        #expect(outcomes.map(\.metric) == ["english_mgsm", "english_mgsm_strict"])
        #expect(outcomes.map { $0.1.measurement?.value } == [0.75, 0.25])
        let data = try evaluation.jsonLines()
        #expect(try MGSMEvaluation(jsonLines: data, path: "x") == evaluation)
    }

    @Test("a prompt without room loses its beginning, and keeps room for the reply")
    func cutting() throws {
        struct Small: ReplyGenerator {
            var maximumPositions: Int { 40 }
            func replies(
                to prompts: [[Int32]],
                settings: ReplySettings,
                assistant: (@Sendable (Int, [Int32]) -> [Int32])?
            ) -> [[Int32]] {
                prompts.map { prompt in
                    // The length of the prompt is all that is looked at.
                    prompt.count + settings.maximumNewTokens <= 40 ? prompt.suffix(3) : []
                }
            }
        }
        let tokenizer = try Fixture.tokenizer()
        let evaluator = try MGSMEvaluator(
            task: "t",
            tokenizer: tokenizer,
            form: .direct,
            language: "en",
            exemplars: []
        )
        let evaluation = try evaluator.evaluate(Fixture.problems, with: Small())
        #expect(evaluation.cutCount > 0)
        #expect(evaluation.records.allSatisfy { !$0.reply.isEmpty })
    }

    @Test("a language without words is refused")
    func unknownLanguage() throws {
        let message = "t: there are no words to ask in 'xx', expected one of bn, de, en, es, fr, "
        #expect {
            try MGSMPrompt(.direct, language: "xx", exemplars: [], task: "t")
        } throws: {
            "\($0)".hasPrefix(message)
        }
    }
}
