import Foundation
import Synchronization
import Testing

/// How a stream has ended that another thread reads.
private final class StreamEnd: Sendable {
    private let name = Mutex<String?>(nil)

    /// The name of its last event; nil before its end.
    var lastEvent: String? { name.withLock { $0 } }

    /// Reads a stream to its end.
    func read(_ request: RawRequest) {
        let last = (try? request.send())?.events.last?.name ?? "nothing"
        name.withLock { $0 = last }
    }
}

@Suite("Pages of Studio that work at the same time", .serialized)
struct StudioTurnTests {
    @Test("others get their turn while two models are compared on many problems")
    func turns() throws {
        let studio = try RunningStudio(TinyRun.folder)
        let draw = #"{"language": "target"}"#
        // Makes the problems.
        #expect(try studio.post("api/draw", draw).status == 200)
        let request = studio.request(
            "api/compare",
            post: #"{"first": {"model": "base"}, "second": {"model": "math"}, "problems": 500}"#
        )
        let end = StreamEnd()
        Thread.detachNewThread { end.read(request) }
        var answered = 0
        while end.lastEvent == nil {
            #expect(try studio.post("api/draw", draw).status == 200)
            answered += 1
        }
        #expect(end.lastEvent == "done")
        // Between the portions of 40 problems, of which there are 13 for each model and language.
        #expect(answered > 15, "\(answered)")
    }

    @Test("a variant that loses its name while it answers is asked to the end")
    func removedVariant() throws {
        let place = try Program.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: place) }
        let studio = try RunningStudio(TinyRun.copy(in: place))
        func name(_ setting: String) throws -> RawRequest.Answer {
            try studio.post(
                "api/variants/name",
                #"{"name": "narrow", "setting": \#(setting), "problems": 50}"#
            )
        }
        #expect(try name(StudioServerTests.swap).status == 200)
        let request = studio.request(
            "api/evaluate",
            post: #"{"model": "narrow", "problems": 500}"#
        )
        let end = StreamEnd()
        Thread.detachNewThread { end.read(request) }
        usleep(200_000)
        let removed = try studio.post("api/variants/remove", #"{"name": "narrow"}"#)
        #expect(removed.status == 200 && removed.body == "[]")
        studio.program.wait { end.lastEvent != nil }
        #expect(end.lastEvent == "done")
        #expect(studio.program.isRunning, "\(studio.program.errors)")
        // Another setting of that name has replies of its own.
        let other = #"{"method": "average"}"#
        #expect(try name(other).status == 200)
        func answers(_ subject: String) throws -> [String] {
            try studio.post("api/evaluate", "{\(subject), \"problems\": 50}").events
                .filter { $0.name == "answers" }
                .flatMap { $0.data["answers"] as? [[String: Any]] ?? [] }
                .map { $0["reply"] as? String ?? "" }
        }
        let named = try answers(#""model": "narrow""#)
        #expect(try named.count == 100 && named == answers("\"setting\": \(other)"))
    }
}
