import Foundation
import Hummingbird
import NIOCore
import Reporting

/// The files of the page, which are part of the program: no address is ever looked up on the disk.
enum PageFile {
    private static let types = [
        "html": "text/html; charset=utf-8", "css": "text/css; charset=utf-8",
        "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml",
        "json": "application/json; charset=utf-8",
    ]

    /// The style that Studio shares with the reports.
    private static let sharedStyle = "shared.css"

    /// A file of the page.
    ///
    /// - Throws: Hummingbird's error for an unknown name.
    static func response(_ name: String) throws -> Response {
        guard let bytes = bytes(of: name),
            let type = name.split(separator: ".").last.flatMap({ types[String($0)] })
        else { throw HTTPError(.notFound) }
        return Response(
            status: .ok,
            headers: [.contentType: type],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
        )
    }

    private static func bytes(of name: String) -> [UInt8]? {
        name == sharedStyle ? Array(PageStyle.text.utf8) : PageFiles.all[name]
    }
}
