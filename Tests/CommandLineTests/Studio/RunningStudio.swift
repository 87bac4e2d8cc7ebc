import Foundation
import Testing

/// Studio while it runs, for the models of the tiny recipe.
final class RunningStudio {
    /// The program.
    let program: RunningProgram
    /// The address of the page.
    let address: String
    /// The port that it listens on.
    let port: Int
    /// The first part of every path.
    let token: String

    /// Starts it for a run, in a folder.
    ///
    /// - Throws: When no address is printed.
    convenience init(_ run: URL) throws { try self.init(arguments: [run.path]) }

    /// Starts it with words of the command line, and with a folder for what is temporary.
    ///
    /// - Throws: When no address is printed.
    init(arguments: [String], temporary: URL? = nil) throws {
        program = try Program.start(["studio"] + arguments, temporary: temporary)
        let program = program
        program.wait { program.output.contains("\n") }
        address = String(program.output.prefix { $0 != "\n" })
        let parts = address.split(separator: "/")
        let port = parts.dropFirst().first?.split(separator: ":").last.flatMap { Int($0) }
        self.port = try #require(port, "\(program.errors)")
        token = String(try #require(parts.last))
    }

    deinit { program.send(SIGKILL) }

    /// A request of the page.
    func request(
        _ path: String,
        post body: String? = nil,
        headers: [String: String] = [:]
    ) -> RawRequest {
        let own = ["Host": "127.0.0.1:\(port)", "Origin": "http://127.0.0.1:\(port)"]
        return RawRequest(
            port: port,
            method: body == nil ? "GET" : "POST",
            path: "/\(token)/\(path)",
            headers: own.merging(headers) { $1 },
            body: body ?? ""
        )
    }

    /// The answer to a request of the page.
    func get(_ path: String) throws -> RawRequest.Answer { try request(path).send() }

    /// The answer to a request with a body.
    func post(_ path: String, _ body: String) throws -> RawRequest.Answer {
        try request(path, post: body).send()
    }
}
