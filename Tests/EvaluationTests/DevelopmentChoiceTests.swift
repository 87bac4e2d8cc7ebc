import Evaluation
import Testing

@Suite("Choice on the development split")
struct DevelopmentChoiceTests {
    typealias Choice = DevelopmentChoice<Double>

    static let candidates = [
        Choice.Candidate(name: "1/1", development: 0.3, test: 0.9),
        Choice.Candidate(name: "2/1", development: 0.5, test: 0.1),
        Choice.Candidate(name: "2/2", development: 0.5, test: 0.8),
        Choice.Candidate(name: "3/2", development: 0.2, test: 1),
    ]

    @Test("The development value decides, the first of equals is taken, the test value is reported")
    func chosen() throws {
        let choice = try Choice(among: Self.candidates, preferring: .higher)
        #expect(choice.chosen.name == "2/1" && choice.index == 1)
        #expect(choice.chosen.test == 0.1)
        #expect(choice.searched == 4 && choice.tied == 2)
    }

    @Test("Of losses the smallest is chosen")
    func smallest() throws {
        let choice = try Choice(among: Self.candidates, preferring: .lower)
        #expect(choice.chosen.name == "3/2" && choice.index == 3 && choice.tied == 1)
    }

    @Test("Nothing and no number cannot be chosen")
    func refused() {
        #expect(throws: DevelopmentChoiceError.noCandidates) {
            try Choice(among: [], preferring: .higher)
        }
        var candidates = Self.candidates
        candidates[2].development = .nan
        #expect(throws: DevelopmentChoiceError.notANumber(candidate: "2/2")) {
            try Choice(among: candidates, preferring: .higher)
        }
    }
}
