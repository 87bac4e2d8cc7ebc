import Hummingbird
import NIOCore

/// A response that streams progress as server-sent events.
enum EventResponse {
    /// Starts the work and passes its events on; the work is cancelled when the page goes away.
    ///
    /// - Parameters:
    ///   - request: The request, with its body collected.
    ///   - work: What is done; an error is the last event.
    /// - Returns: The answer, whose body lasts as long as the work.
    static func make(
        _ request: Request,
        _ work: @escaping @Sendable (@escaping EventSink) async throws -> Void
    ) -> Response {
        let body = request.body
        return Response(
            status: .ok,
            headers: [.contentType: "text/event-stream; charset=utf-8"],
            body: ResponseBody { writer in
                let (events, source) = AsyncStream<StreamEvent>.makeStream()
                let task = Task {
                    do {
                        try await work { event in source.yield(event) }
                    } catch is CancellationError {
                        // Nobody is there to be told.
                    } catch {
                        if let event = StudioFailure(error).event { source.yield(event) }
                    }
                    source.finish()
                }
                defer { task.cancel() }
                try await body.consumeWithInboundCloseHandler(
                    { _ in
                        for await event in events {
                            try await writer.write(ByteBuffer(string: event.text))
                        }
                        try await writer.finish(nil)
                    },
                    onInboundClosed: { task.cancel() }
                )
            }
        )
    }
}
