import Datasets
import Transformer

extension ModelInput {
    /// The batch as the model wants it; the mask travels inside the targets.
    package init(_ batch: PackedBatch) {
        self.init(
            tokens: batch.tokens,
            segmentOffsets: batch.segmentOffsets,
            targets: batch.targets
        )
    }
}
