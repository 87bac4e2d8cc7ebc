import Checkpointing
import Foundation
import Hummingbird
import RecipeDocuments
import RunAnalysis
import RunRecords

/// An error as a page gets it: a status, and a text that says what was wrong and what to do.
struct StudioFailure {
    private struct Body: Encodable {
        struct Problem: Encodable {
            let problem: String
            let place: String?
        }
        let error: Problem
    }

    /// Another process writes into the folder.
    private static let locked = HTTPResponse.Status(code: 423, reasonPhrase: "Locked")

    let status: HTTPResponse.Status
    let problem: String
    let place: String?

    init(_ error: any Error) {
        switch error {
        case let error as RecipeError:
            (status, problem, place) = (.unprocessableContent, error.problem, error.place)
        case let error as RunLock.Taken:
            (status, problem, place) = (Self.locked, error.description, nil)
        case let error as StudioError:
            (status, problem, place) = (Self.status(of: error), error.description, nil)
        case let error as any HTTPResponseError:
            (status, problem, place) = (error.status, Self.words(of: error.status), nil)
        default:
            (status, problem, place) = (.unprocessableContent, ErrorText.text(of: error), nil)
        }
    }

    private static func status(of error: StudioError) -> HTTPResponse.Status {
        switch error {
        case .unknownModel, .unknownRun: .notFound
        case .taken: .conflict
        case .vanished: .gone
        case .malformed: .badRequest
        case .problemCount, .silent, .name, .failed, .exists, .idle, .port,
            .homeless:
            .unprocessableContent
        }
    }

    private static func words(of status: HTTPResponse.Status) -> String {
        switch status {
        case .notFound: "there is nothing at this address"
        case .contentTooLarge:
            "the request has more than \(StudioContext.largestBody / 1024) KB"
        default: status.reasonPhrase
        }
    }

    /// The whole answer to a request.
    var response: Response {
        let body = Body(error: .init(problem: problem, place: place))
        let data = (try? StudioJSON.data(of: body)) ?? Data()
        return Response(
            status: status,
            headers: [.contentType: "application/json; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: data))
        )
    }

    /// The last event of a stream that has begun.
    var event: StreamEvent? {
        try? StreamEvent("failed", Body.Problem(problem: problem, place: place))
    }
}
