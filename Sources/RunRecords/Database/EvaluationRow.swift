import Checkpointing
import Evaluation
import Foundations

/// One model measured on one split.
package struct EvaluationRow: Codable, Hashable, Sendable {
    /// One metric of it.
    package struct Value: Codable, Hashable, Sendable {
        /// The metric, such as `target_math`.
        package var metric: Metric
        /// The value with its error and the number of problems.
        package var measurement: Estimate

        private enum CodingKeys: String, CodingKey {
            case metric = "name"
            case measurement
        }

        /// Describes what was measured.
        package init(_ metric: Metric, _ measurement: Estimate) {
            self.metric = metric
            self.measurement = measurement
        }
    }

    /// Stands in place of the split in scores by which settings and experts are chosen.
    ///
    /// They are on development problems, and no results even where the recipe measures on these.
    package static let choice = "choice"

    /// What it was made from; a second evaluation with it would give the same numbers.
    package var identity: ContentHash
    /// The cell; "" in a recipe without a sweep.
    package var cell: String
    /// The model, such as `swap`.
    package var model: String
    /// Which of several equal models of a cell, such as `math-2,language-1`; "" for the only one.
    package var replicate: String
    /// The settings that the model was made with.
    package var method: JSONValue
    /// The split that it was measured on; `choice` for a score by which a setting or an expert was
    /// chosen.
    package var split: String
    /// How long the measuring took.
    package var seconds: Double
    /// When it was measured.
    package var created: Timestamp
    /// The run that measured it.
    package var run: Int64
    /// The metrics in the order in which they were given.
    package var metrics: [Value]

    /// Describes an evaluation.
    package init(
        identity: ContentHash,
        cell: String = "",
        model: String,
        replicate: String = "",
        method: JSONValue = .object([:]),
        split: String,
        seconds: Double,
        created: Timestamp = Timestamp(),
        run: Int64,
        metrics: [Value]
    ) {
        self.identity = identity
        self.cell = cell
        self.model = model
        self.replicate = replicate
        self.method = method
        self.split = split
        self.seconds = seconds
        self.created = created
        self.run = run
        self.metrics = metrics
    }

    /// The measurement of a metric, when it was measured.
    package subscript(metric: Metric) -> Estimate? {
        metrics.first { $0.metric == metric }?.measurement
    }
}

/// What decides the numbers of an evaluation.
package struct EvaluationKey: Hashable, Sendable {
    /// The identities of the stages or files that the model is made from, by their part.
    package var inputs: [String: ContentHash]
    /// How the model is made from them.
    package var method: JSONValue
    /// What is measured and how.
    package var task: JSONValue
    /// The split.
    package var split: String
    /// The fingerprint of the data that it is measured on.
    package var data: String

    /// Describes an evaluation that is to be made, or was.
    package init(
        inputs: [String: ContentHash],
        method: JSONValue,
        task: JSONValue,
        split: String,
        data: String
    ) {
        self.inputs = inputs
        self.method = method
        self.task = task
        self.split = split
        self.data = data
    }

    /// The SHA-256 over all of it and over the version of what stages mean.
    ///
    /// - Throws: An encoding error when a setting is infinite or not a number.
    package func identity() throws -> ContentHash {
        let facts = Facts(
            version: Stage.codeVersion,
            inputs: inputs,
            method: method,
            task: task,
            split: split,
            data: data
        )
        return ContentHash.of(text: try StoredJSON.text(of: facts))
    }

    private struct Facts: Encodable {
        var version: Int
        var inputs: [String: ContentHash]
        var method: JSONValue
        var task: JSONValue
        var split: String
        var data: String
    }
}

/// Which evaluations are wanted; what is nil or empty does not matter.
package struct EvaluationFilter: Hashable, Sendable {
    /// The cells.
    package var cells: [String] = []
    /// The model.
    package var model: String?
    /// The split.
    package var split: String?
    /// Whether those are wanted too that a later run has replaced.
    package var earlier = false

    /// Describes a choice.
    package init(
        cells: [String] = [],
        model: String? = nil,
        split: String? = nil,
        earlier: Bool = false
    ) {
        self.cells = cells
        self.model = model
        self.split = split
        self.earlier = earlier
    }
}
