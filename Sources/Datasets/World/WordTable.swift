import Foundation

/// The words of a category that a vocabulary may draw, and how often each is drawn.
struct WordTable: Sendable {
    /// The words, by their places among all words of the category.
    let words: [Int]
    /// The sum of weights up to and with each word, divided by the sum of all; empty when all
    /// words are equally frequent.
    private let cumulative: [Double]

    /// Selects and weighs the words of a pack.
    ///
    /// The familiar vocabulary has the first share of each list of things and of verbs with a
    /// direction, the unfamiliar one the verbs that it lacks. The frequency of a word follows from
    /// its place in its own list (`WorldSettings.wordFrequencyExponent`).
    init(
        _ category: WordCategory,
        of pack: LanguagePack,
        vocabulary: WorldVocabulary,
        settings: WorldSettings
    ) {
        var places: [Int] = []
        var weights: [Double] = []
        var offset = 0
        for member in category.members {
            let all = pack.words(of: member).count
            let count = min(all, settings.words[member] ?? all)
            let isVerb = member == .gain || member == .lose
            let share = isVerb ? settings.familiarVerbShare : settings.familiarNounShare
            let familiar = min(count, Int((share * Double(count)).rounded()))
            let ranks: Range<Int>
            switch vocabulary {
            case .familiar where isVerb || member.isThing: ranks = 0..<familiar
            case .unfamiliar where isVerb: ranks = familiar..<count
            default: ranks = 0..<count
            }
            places += ranks.map { offset + $0 }
            weights += ranks.map { Self.weight(ofRank: $0 + 1, settings.wordFrequencyExponent) }
            offset += all
        }
        words = places
        guard settings.wordFrequencyExponent > 0 else {
            cumulative = []
            return
        }
        let total = weights.reduce(0, +)
        var sum = 0.0
        cumulative = weights.map { weight in
            sum += weight
            return sum / total
        }
    }

    private static func weight(ofRank rank: Int, _ exponent: Double) -> Double {
        pow(Double(rank + 2), -exponent)
    }

    /// A word by its frequency.
    ///
    /// - Precondition: there is a word.
    func draw(_ random: inout ContentRandom) -> Int {
        guard !cumulative.isEmpty else { return words[random.below(words.count)] }
        return words[cumulative.place(of: random.uniform())]
    }
}

extension [Double] {
    /// The place of the first element above a position, where the last element counts as 1.
    func place(of position: Double) -> Int {
        var low = 0
        var high = count - 1
        while low < high {
            let middle = (low + high) / 2
            if position < self[middle] { high = middle } else { low = middle + 1 }
        }
        return low
    }
}

extension WordCategory {
    /// Whether the words are things that are counted or hold others.
    var isThing: Bool { self == .noun || self == .container }

    /// The place of the category in tables.
    var place: Int {
        switch self {
        case .noun: 0
        case .container: 1
        case .name: 2
        case .gain: 3
        case .lose: 4
        case .neutral: 5
        case .action: 6
        case .place: 7
        case .day: 8
        }
    }
}

extension WorldVocabulary {
    /// The place of the vocabulary in tables.
    var order: Int {
        switch self {
        case .full: 0
        case .familiar: 1
        case .unfamiliar: 2
        }
    }
}
