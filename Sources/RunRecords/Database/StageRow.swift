import Checkpointing
import Foundations

/// What one stage of one cell was made from, what it took and what came of it.
package struct StageRow: Codable, Hashable, Sendable {
    /// What a stage does.
    package enum Kind: String, Codable, Sendable {
        case tokenizer, checkpoint, training, merge, evaluation, comparison
    }

    /// How far it is.
    package enum Status: String, Codable, Sendable {
        /// Its result is there.
        case finished
        /// It was asked to stop before its end.
        case stopped
    }

    /// What a stage took besides time.
    package struct Cost: Codable, Hashable, Sendable {
        /// Tokens that it was trained on.
        package var tokens: Int?
        /// Optimizer steps.
        package var steps: Int?
        /// Floating-point operations: 6 · parameters · tokens (Kaplan et al., 2020).
        package var operations: Double?

        /// Describes a cost.
        package init(tokens: Int? = nil, steps: Int? = nil, operations: Double? = nil) {
            self.tokens = tokens
            self.steps = steps
            self.operations = operations
        }
    }

    /// The SHA-256 of the facts.
    package var identity: ContentHash
    /// The cell; "" in a recipe without a sweep.
    package var cell: String
    /// The name, such as `language`.
    package var name: String
    /// What it does.
    package var kind: Kind
    /// Everything that decides the result, one fact a line.
    package var facts: String
    /// The identities of the stages that it reads, by name.
    package var inputs: [String: ContentHash]
    /// How far it is.
    package var status: Status
    /// How long it took in all, in seconds, interruptions left out.
    package var seconds: Double
    /// What it took besides time.
    package var cost: Cost
    /// Numbers that came of it, such as the last validation loss.
    package var figures: [String: Double]
    /// When it was begun, or gone on with; nil when it was found finished.
    package var started: Timestamp?
    /// When it was finished; nil when it was found finished.
    package var finished: Timestamp?
    /// The run that made it; nil when it was found finished.
    package var run: Int64?

    /// Describes a stage.
    package init(
        identity: ContentHash,
        cell: String = "",
        name: String,
        kind: Kind,
        facts: String,
        inputs: [String: ContentHash] = [:],
        status: Status = .finished,
        seconds: Double,
        cost: Cost = Cost(),
        figures: [String: Double] = [:],
        started: Timestamp? = nil,
        finished: Timestamp? = nil,
        run: Int64? = nil
    ) {
        self.identity = identity
        self.cell = cell
        self.name = name
        self.kind = kind
        self.facts = facts
        self.inputs = inputs
        self.status = status
        self.seconds = seconds
        self.cost = cost
        self.figures = figures
        self.started = started
        self.finished = finished
        self.run = run
    }
}
