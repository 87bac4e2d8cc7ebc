import Foundation
import Kernels
import TestSupport
import Testing
import Transformer

/// What is complete while the backward pass still runs, and what each process adds.
extension GradientMemoryTests {
    /// Keeps what each section holds when it is said to be complete.
    private final class Listener: GradientListener, @unchecked Sendable {
        private let engine: GradientEngine
        private let ranges: [Range<Int>]
        private let lock = NSLock()
        private(set) var heard: [Int] = []
        private(set) var values: [Int: [Float]] = [:]

        init(_ engine: GradientEngine) {
            self.engine = engine
            ranges = engine.model.layout.sections
        }

        func completed(section: Int) {
            let values = engine.gradients[ranges[section]].array()
            lock.withLock {
                heard.append(section)
                self.values[section] = values
            }
        }
    }

    @Test(
        "what is said to be complete does not change any more, and is heard once",
        arguments: DecoderFamily.allCases,
        [1, 2, 3]
    )
    func sections(_ family: DecoderFamily, threads: Int) throws {
        let model = ReferenceModel.tiny(family)
        for shares in [false, true] {
            let engine = try engine(model, threads: threads) { $0.sharesGradients = shares }
            engine.clearGradients()
            _ = engine.accumulateGradients(input)
            let loss = engine.accumulateGradients(input)
            engine.reduceGradients()
            let expected = engine.gradients.array()
            for _ in 0..<2 {
                engine.clearGradients()
                // Only the last batch of a step completes anything.
                _ = engine.accumulateGradients(input)
                let listener = Listener(engine)
                #expect(engine.accumulateGradients(input, listener: listener) == loss)
                engine.reduceGradients()
                let found = withExtendedLifetime(engine) { engine.gradients.array() }
                #expect(found == expected)
                let sections = model.layout.sections
                #expect(listener.heard.sorted() == Array(sections.indices))
                for (section, range) in sections.enumerated() {
                    #expect(listener.values[section] == Array(expected[range]), "\(section)")
                }
                // The blocks from the last to the first, before the embedding.
                if threads == 1 { #expect(listener.heard == Array(sections.indices)) }
            }
        }
    }

    @Test("sections cover every tensor once, and blocks from the last to the first")
    func layoutSections() {
        for tied in [true, false] {
            let layout = ReferenceModel.tiny(tied: tied).layout
            let sections = layout.sections
            let covered = sections.sorted { $0.lowerBound < $1.lowerBound }
            #expect(covered.first?.lowerBound == 0)
            #expect(covered.last?.upperBound == layout.elementCount)
            for (one, next) in zip(covered, covered.dropFirst()) {
                #expect(one.upperBound == next.lowerBound)
            }
            for entry in layout.entries {
                let section = sections.firstIndex { $0.contains(entry.range.lowerBound) }
                let expected =
                    entry.layer.map { sections.count - 2 - $0 }
                    ?? (entry.role == .embedding ? sections.count - 1 : 0)
                #expect(section == expected, "\(entry.name)")
            }
        }
    }

    @Test("the parts of two processes have the bytes of two threads", arguments: [1, 2])
    func processes(threads: Int) throws {
        let model = ReferenceModel.tiny(tied: false)
        let whole = gradients(of: try engine(model, threads: 2 * threads))
        let parts = try (0..<2).map { index in
            gradients(of: try engine(model, threads: threads) { $0.process = (index, 2) })
        }
        var loss = parts[0].loss
        loss += parts[1].loss
        #expect(loss.count == whole.loss.count)
        let sum = zip(parts[0].values, parts[1].values).map { $0 + $1 }
        if threads == 1 {
            #expect(loss == whole.loss && sum == whole.values)
        } else {
            #expect(relativeError(sum, whole.values) < 1e-5)
        }
    }
}
