import Checkpointing
import Datasets
import Evaluation
import Foundation
import Tokenization
import Transformer

/// Measures one model on everything that a recipe asks.
package struct Examiner {
    /// One thing that is measured.
    package enum Task: Hashable, Sendable {
        /// Word problems of a language, with or without a calculator.
        case problems(LanguageRole, calculator: Bool, name: String)
        /// Held-out text of a language.
        case text(LanguageRole)

        /// The name of the task, which is that of its main metric.
        package var name: String {
            switch self {
            case .problems(_, _, let name): name
            case .text(let role): "\(role.rawValue)_bits_per_byte"
            }
        }
    }

    /// What a task gave.
    package struct Result: Sendable {
        /// The task.
        package let task: Task
        /// Each answer or document as JSON lines.
        package let records: Data
        /// The measurements by metric.
        package let measurements: [(metric: String, Measurement)]
    }

    /// The tasks in the order of the table.
    package let tasks: [Task]

    private let experiment: Experiment
    private let tokenizer: Tokenizer
    private let generator: TextGenerator
    private let scorer: SequenceScorer

    /// Loads a model folder with its tokenizer.
    ///
    /// - Throws: Errors of checkpoints and tokenizers.
    package init(experiment: Experiment, model folder: URL, threads: Int) throws {
        self.experiment = experiment
        let model = try TransformerModel(at: folder)
        tokenizer = try Tokenizer(at: folder.appending(path: "tokenizer.model"))
        generator = TextGenerator(model: model, threadCount: threads)
        scorer = SequenceScorer(model: model, threadCount: threads)
        tasks = Self.tasks(calculator: experiment.recipe.evaluation.calculator)
    }

    /// The tasks that a use of the calculator gives.
    static func tasks(calculator: CalculatorUse) -> [Task] {
        let roles: [LanguageRole] = [.target, .english]
        var tasks = roles.map { role in
            Task.problems(role, calculator: calculator == .on, name: "\(role.rawValue)_math")
        }
        if calculator == .both {
            tasks += roles.map { role in
                .problems(role, calculator: true, name: "\(role.rawValue)_math_calculator")
            }
        }
        return tasks + roles.map { .text($0) }
    }

    /// Measures one thing.
    package func perform(_ task: Task) throws -> Result {
        let settings = experiment.recipe.evaluation
        switch task {
        case .problems(let role, let calculator, let name):
            let evaluation = try MathEvaluator(
                task: name,
                tokenizer: tokenizer,
                maximumNewTokens: settings.maximumNewTokens,
                batchSize: settings.batchSize,
                usesCalculator: calculator
            ).evaluate(experiment.problems(role), with: generator)
            return Result(
                task: task,
                records: try evaluation.jsonLines(),
                measurements: evaluation.metrics(of: task)
            )
        case .text(let role):
            let evaluation = try LikelihoodEvaluator(
                task: task.name,
                tokenizer: tokenizer,
                maximumSequenceLength: experiment.recipe.stages.base.sequenceLength
            ).evaluate(experiment.heldOutDocuments(role), with: scorer)
            return Result(
                task: task,
                records: try evaluation.jsonLines(),
                measurements: [(task.name, evaluation.bitsPerByte)]
            )
        }
    }
}

extension MathEvaluation {
    /// The measurements of a task under the names of the table.
    func metrics(of task: Examiner.Task) -> [(metric: String, Measurement)] {
        let equation = task.name.replacing("_math", with: "_equation")
        return [(task.name, exact)] + (self.equation.map { [(equation, $0)] } ?? [])
    }
}

/// What one model scored, read from its records.
struct ScoreSheet {
    let model: String
    /// The measurement of each metric.
    private(set) var measurements: [String: Measurement] = [:]
    /// The single outcomes of each metric, for paired tests.
    private(set) var outcomes: [(metric: String, Outcomes)] = []

    /// Reads the records that an evaluation left.
    init(model: String, folder: URL, calculator: CalculatorUse) throws {
        self.model = model
        for task in Examiner.tasks(calculator: calculator) {
            let file = folder.appending(path: "\(task.name).jsonl")
            let data = try Data(contentsOf: file)
            switch task {
            case .problems:
                let evaluation = try MathEvaluation(jsonLines: data, path: file.shownPath)
                for (metric, measurement) in evaluation.metrics(of: task) {
                    measurements[metric] = measurement
                    let kind: MathEvaluation.Metric = metric == task.name ? .exact : .equation
                    outcomes.append((metric, evaluation.outcomes(of: kind)))
                }
            case .text:
                let evaluation = try LikelihoodEvaluation(jsonLines: data, path: file.shownPath)
                measurements[task.name] = evaluation.bitsPerByte
                outcomes.append((task.name, evaluation.outcomes))
            }
        }
    }

    /// All models in one table, with tests of some of them against all others.
    static func table(of sheets: [ScoreSheet], comparing names: [String]) throws -> ComparisonTable
    {
        var tests: [PairedTest] = []
        for name in names {
            guard let first = sheets.first(where: { $0.model == name }) else { continue }
            for (metric, outcomes) in first.outcomes {
                for other in sheets where other.model != name && !names.contains(other.model) {
                    guard let second = other.outcomes.first(where: { $0.metric == metric }) else {
                        continue
                    }
                    tests.append(
                        try PairedTest(
                            metric: metric,
                            a: (name, [outcomes]),
                            b: (other.model, [second.1])
                        )
                    )
                }
            }
        }
        return ComparisonTable(
            seeds: 1,
            rows: sheets.map { .init(model: $0.model, metrics: $0.measurements) },
            tests: tests
        )
    }
}

extension Examiner {
    /// The row of a table that some results make.
    package static func row(of model: String, _ results: [Result]) -> ComparisonTable.Row {
        let measurements = results.flatMap(\.measurements).map { ($0.metric, $0.1) }
        return ComparisonTable.Row(
            model: model,
            metrics: Dictionary(measurements, uniquingKeysWith: { first, _ in first })
        )
    }

    /// Writes every answer as JSON lines into a new folder.
    ///
    /// - Throws: `FolderError` when the folder exists.
    package static func write(_ results: [Result], to folder: URL) throws {
        try AtomicFolder.create(at: folder) { partial in
            for result in results {
                let file = partial.appending(path: "\(result.task.name).jsonl")
                try AtomicFile.write(result.records, to: file)
            }
        }
    }
}
