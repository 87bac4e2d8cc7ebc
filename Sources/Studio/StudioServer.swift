import Foundation
import Hummingbird
import Logging
import NIOCore
import Synchronization

/// The web server of Studio: on this machine's own address, for those who know its token.
package final class StudioServer: Sendable {
    /// How it is started.
    package struct Options: Sendable {
        /// The port; 0 takes a free one.
        package var port = 0
        /// What stands in the address; a random one when nil.
        package var token: String?

        /// A free port and a random token.
        package init() {}
    }

    private let workshop: Workshop
    private let desk: RunDesk
    private let options: Options
    private let token: String
    private let port = Mutex(0)

    /// A server for the models of one workshop, and for all runs.
    package init(_ workshop: Workshop, _ desk: RunDesk, options: Options = Options()) {
        self.workshop = workshop
        self.desk = desk
        self.options = options
        token = options.token ?? StudioToken.random()
    }

    /// Serves until the task is cancelled.
    ///
    /// - Parameter onReady: Gets the address of the page when it can be opened.
    /// - Throws: An error that says so when the port is taken; others of the system.
    package func run(onReady: @escaping @Sendable (_ address: String) -> Void) async throws {
        let gate = RequestGuard(token: token) { [self] in port.withLock { $0 } }
        let router = Router(context: StudioContext.self)
        router.add(middleware: gate)
        StudioRoutes(workshop: workshop, desk: desk).add(to: router)
        let application = Application(
            router: router,
            configuration: .init(address: .hostname(Self.host, port: options.port)),
            onServerRunning: { [self] channel in
                let bound = channel.localAddress?.port ?? options.port
                port.withLock { $0 = bound }
                onReady("http://\(Self.host):\(bound)/\(token)/")
            },
            // Only the command line prints.
            logger: Logger(label: "studio") { _ in SwiftLogNoOpLogHandler() }
        )
        do {
            try await application.run()
        } catch let error as IOError where error.errnoCode == EADDRINUSE {
            throw StudioError.port(options.port)
        }
    }

    /// Nobody on another machine can reach this address.
    private static let host = "127.0.0.1"
}

/// What Hummingbird keeps of a request, with the largest body that a page sends.
struct StudioContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let maxUploadSize = StudioContext.largestBody

    /// Recipes are the longest that a page sends.
    static let largestBody = 64 * 1024

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
    }
}
