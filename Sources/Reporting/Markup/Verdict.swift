import Evaluation

/// What a comparison has found: never said by a colour alone.
enum Verdict: String, CaseIterable {
    /// The first model is better, and that is hardly chance.
    case better
    /// The first model is worse, and that is hardly chance.
    case worse
    /// The difference could be chance.
    case open
    /// The other model may read more than the experiment allows, so that nothing is decided.
    case bound

    /// The finding of a test.
    init(_ test: PairedTest) {
        let gain = test.difference * test.metric.better.sign
        switch true {
        case test.role == .bound: self = .bound
        case !test.isSignificant || gain == 0: self = .open
        default: self = gain > 0 ? .better : .worse
        }
    }

    /// The sign and the word of it.
    var words: String {
        switch self {
        case .better: "▲ better"
        case .worse: "▼ worse"
        case .open: "○ could be chance"
        case .bound: "upper bound"
        }
    }

    /// How tables explain it.
    static let explanation =
        "▲ better and ▼ worse: p < .05, adjusted where several questions are asked at once. "
        + "○ could be chance: the difference is not shown"
}
