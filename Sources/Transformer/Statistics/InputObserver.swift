import Kernels

/// Runs a model over sequences and lets sinks see what comes into its linear layers; one thread's.
final class InputObserver<Sink: InputSink> {
    private let inference: InferenceModel
    /// For each block the sinks of query, key and value, of the attention's output, of gate and up,
    /// and of down.
    private let sinks: [[Sink]]
    private let head: Sink

    /// - Parameters:
    ///   - shared: The model, whose packed weights are used.
    ///   - sink: Makes a sink for a number of columns.
    init(_ shared: InferenceModel, sink: (_ columns: Int) -> Sink) {
        var sinks = [[Sink]](repeating: [], count: shared.blocks.count)
        inference = InferenceModel(observing: shared) { block, columns in
            let made = sink(columns)
            sinks[block].append(made)
            return made
        }
        self.sinks = sinks
        head = sink(shared.configuration.modelWidth)
    }

    /// Takes packed sequences through the model.
    ///
    /// - Throws: `SequenceLengthError`.
    func run(_ input: ModelInput) throws {
        let offsets = input.segmentOffsets
        let longest = zip(offsets, offsets.dropFirst()).map { $1 - $0 }.max() ?? 1
        for sink in all { sink.begin(offsets: offsets) }
        let pass = InferencePass(
            inference,
            maximumTokens: input.tokens.count,
            maximumSegmentLength: longest
        )
        let stream = pass.runPacked(
            input.tokens,
            segments: PackedSegments(offsets),
            rotary: try inference.rotary(positionCount: longest)
        )
        head.add(stream)
    }

    /// Every sink once.
    var all: [Sink] { sinks.joined() + [head] }

    /// The sinks by the names of the weights whose inputs they have seen.
    var byName: [String: Sink] {
        var named: [String: Sink] = [:]
        for entry in inference.model.layout.entries {
            switch (entry.role, entry.layer) {
            case (.query, let layer?), (.key, let layer?), (.value, let layer?):
                named[entry.name] = sinks[layer][0]
            case (.attentionOutput, let layer?): named[entry.name] = sinks[layer][1]
            case (.gate, let layer?), (.up, let layer?): named[entry.name] = sinks[layer][2]
            case (.down, let layer?): named[entry.name] = sinks[layer][3]
            case (.head, _): named[entry.name] = head
            default: break
            }
        }
        return named
    }
}
