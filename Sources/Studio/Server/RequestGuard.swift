import HTTPTypes
import Hummingbird

/// Refuses requests that do not come from the page of this server.
///
/// Any page that the user has open can send requests to this machine, and a name server can make
/// its own name point here (DNS rebinding). So the address must have the token, the `Host` must be
/// this machine by number or as `localhost`, and the `Origin`, where a browser sends one, this
/// server. A refused request is not told the reason, so that guessing teaches nothing.
struct RequestGuard: RouterMiddleware {
    private let token: String
    private let port: @Sendable () -> Int

    /// A guard of one server.
    ///
    /// - Parameters:
    ///   - token: The first part of every path.
    ///   - port: The port that the server listens on.
    init(token: String, port: @escaping @Sendable () -> Int) {
        self.token = token
        self.port = port
    }

    func handle(
        _ request: Request,
        context: StudioContext,
        next: (Request, StudioContext) async throws -> Response
    ) async throws -> Response {
        guard isAllowed(request.head) else {
            return Self.hardened(Response(status: .forbidden))
        }
        do {
            return Self.hardened(try await next(request, context))
        } catch {
            return Self.hardened(StudioFailure(error).response)
        }
    }

    /// Whether a request comes from the page of this server.
    func isAllowed(_ head: HTTPRequest) -> Bool {
        let hosts = ["127.0.0.1:\(port())", "localhost:\(port())"]
        guard let host = head.authority, hosts.contains(host) else { return false }
        if let origin = head.headerFields[.origin], origin != "http://\(host)" { return false }
        let path = (head.path ?? "/").dropFirst()
        return StudioToken.equal(path.prefix { $0 != "/" && $0 != "?" }, token)
    }

    /// The same response with what keeps a browser from doing anything else with it.
    private static func hardened(_ response: Response) -> Response {
        var response = response
        for (name, value) in headers {
            if let name = HTTPField.Name(name) { response.headers[name] = value }
        }
        return response
    }

    private static let headers = [
        ("Content-Security-Policy", policy),
        ("X-Content-Type-Options", "nosniff"),
        ("Cache-Control", "no-store"),
        ("Referrer-Policy", "no-referrer"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
    ]

    /// Scripts, styles and data of this server and from nowhere else.
    private static let policy = [
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:",
        "connect-src 'self'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
    ].joined(separator: "; ")
}
