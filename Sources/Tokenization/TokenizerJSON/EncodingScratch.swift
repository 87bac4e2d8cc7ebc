import Synchronization

/// What encoding works in: buffers that are kept from one text to the next, and words that were
/// cut.
///
/// Used by one thread at a time, which takes it out of the pool.
final class EncodingScratch: @unchecked Sendable {
    let matches = MatchScratch()
    var words = TextWords()
    var merger = SymbolMerger()
    var cache = WordCache()
}

/// Working memory that no thread uses at the moment.
final class ScratchPool: Sendable {
    private let free = Mutex<[EncodingScratch]>([])

    /// Does something with working memory of its own.
    func withScratch<Result>(_ body: (EncodingScratch) -> Result) -> Result {
        let scratch = free.withLock { $0.popLast() } ?? EncodingScratch()
        defer { free.withLock { $0.append(scratch) } }
        return body(scratch)
    }
}
