import Foundation
import Hummingbird
import NIOCore
import RunRecords

/// What pages can ask for, by address; every address begins with the token.
struct StudioRoutes {
    let workshop: Workshop
    let desk: RunDesk

    /// Adds all routes to a router.
    func add(to router: Router<StudioContext>) {
        let group = router.group(":token")
        addPage(to: group)
        let interface = group.group("api")
        addBuilding(to: interface)
        addAsking(to: interface)
        addSearching(to: interface)
        addVariants(to: interface)
        addRuns(to: interface)
    }

    /// The page with its style and modules.
    private func addPage(to group: RouterGroup<StudioContext>) {
        group.get("") { _, _ in try PageFile.response("index.html") }
        group.get(":file") { _, context in
            try PageFile.response(context.parameters.require("file"))
        }
        group.get("modules/:file") { _, context in
            try PageFile.response(context.parameters.require("file"))
        }
    }

    private func addBuilding(to group: RouterGroup<StudioContext>) {
        group.get("studio") { [workshop] _, _ in try Self.json(await workshop.overview()) }
        group.get("problems") { [workshop] request, _ in
            let count = request.uri.queryParameters["count"].flatMap { Int($0) } ?? 100
            return try Self.json(await workshop.problemList(count: count))
        }
        group.post("plan") { [workshop] request, _ in
            let body = try await Self.body(PlanRequest.self, of: request).body
            return try Self.json(workshop.plan(workshop.shape.merge(body.setting)))
        }
        group.post("evaluate") { [workshop] request, _ in
            let (body, request) = try await Self.body(EvaluationRequest.self, of: request)
            let subject = try body.subject.subject(workshop.shape)
            let count = body.problems ?? StudioOverview.Problems.standard
            return EventResponse.make(request) { emit in
                try await workshop.evaluate(subject, problems: count, emit: emit)
            }
        }
    }

    /// Reads the body of a request.
    ///
    /// - Returns: The body, and the request with it, which is still told when the page goes away.
    /// - Throws: `StudioError.malformed`; Hummingbird's error for one that is too long.
    static func body<Body: Decodable>(
        _ type: Body.Type,
        of request: Request
    ) async throws -> (body: Body, request: Request) {
        var request = request
        let bytes = try await request.collectBody(upTo: StudioContext.largestBody)
        do {
            return (try JSONDecoder().decode(Body.self, from: Data(buffer: bytes)), request)
        } catch let error as DecodingError {
            throw StudioError.malformed(error.shortText)
        }
    }

    /// A message as the answer to a request.
    static func json(_ message: some Encodable) throws -> Response {
        Response(
            status: .ok,
            headers: [.contentType: "application/json; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: try StudioJSON.data(of: message)))
        )
    }
}

extension DecodingError {
    /// Which part of a body is wrong, and how.
    fileprivate var shortText: String {
        func place(_ path: [any CodingKey]) -> String {
            path.isEmpty ? "the body" : path.map(\.stringValue).joined(separator: ".")
        }
        switch self {
        case .keyNotFound(let key, let context):
            return "\(place(context.codingPath)) lacks \"\(key.stringValue)\""
        case .typeMismatch(let type, let context), .valueNotFound(let type, let context):
            return "\(place(context.codingPath)) is no \(type)"
        default: return "it is no JSON"
        }
    }
}
