import Foundation

/// A page in a real browser without a window, driven through the browser's DevTools protocol.
///
/// The browser reads commands from descriptor 3 and writes to descriptor 4 (remote debugging over a
/// pipe), so that no client for web sockets is needed. Messages are JSON and end with a zero byte.
final class DevTools {
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    private let process = Process()
    private let folder: URL
    private let commands: FileHandle
    private let messages: FileHandle
    private var pending: [UInt8] = []
    private var number = 0
    private var session: String?
    /// Errors that the page has thrown or written to its console.
    private(set) var complaints: [String] = []

    /// Opens a page.
    ///
    /// - Parameters:
    ///   - address: The address.
    ///   - width: The width of the window.
    ///   - height: Its height.
    ///   - isDark: Whether the reader prefers dark pages.
    /// - Throws: `Failure`, errors of starting the browser.
    init(_ address: String, width: Int = 1280, height: Int = 1000, isDark: Bool = false) throws {
        guard let program = Browser.program else { throw Failure(description: "no browser") }
        let folder = try Program.temporaryFolder()
        self.folder = folder
        let pipes = ["in", "out"].map { folder.appending(path: $0).path }
        for path in pipes where mkfifo(path, 0o600) != 0 {
            throw Failure(description: "mkfifo \(path)")
        }
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = [
            "-c", "exec \"$0\" \"$@\" 3<\"$PIPE_IN\" 4>\"$PIPE_OUT\"", program.path,
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
            "--remote-debugging-pipe", "--user-data-dir=\(folder.appending(path: "profile").path)",
            "--window-size=\(width),\(height)", "about:blank",
        ]
        process.environment = ProcessInfo.processInfo.environment
            .merging(["PIPE_IN": pipes[0], "PIPE_OUT": pipes[1]]) { $1 }
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.run()
        // Each end waits for the other.
        commands = FileHandle(forWritingAtPath: pipes[0]) ?? .nullDevice
        messages = FileHandle(forReadingAtPath: pipes[1]) ?? .nullDevice
        let target = try call("Target.createTarget", ["url": "about:blank"])
        let attached = try call(
            "Target.attachToTarget",
            ["targetId": target["targetId"] ?? "", "flatten": true]
        )
        session = attached["sessionId"] as? String
        for domain in ["Page", "Runtime", "Log"] { _ = try call("\(domain).enable") }
        _ = try call(
            "Emulation.setDeviceMetricsOverride",
            ["width": width, "height": height, "deviceScaleFactor": 1, "mobile": false]
        )
        let scheme = ["name": "prefers-color-scheme", "value": isDark ? "dark" : "light"]
        _ = try call("Emulation.setEmulatedMedia", ["features": [scheme]])
        _ = try call("Page.navigate", ["url": address])
    }

    deinit {
        process.terminate()
        process.waitUntilExit()
        try? FileManager.default.removeItem(at: folder)
    }

    /// The value of an expression in the page; a promise is waited for.
    func evaluate(_ expression: String) throws -> Any? {
        let answer = try call(
            "Runtime.evaluate",
            ["expression": expression, "returnByValue": true, "awaitPromise": true]
        )
        if let exception = answer["exceptionDetails"] as? [String: Any] {
            throw Failure(description: "\(expression): \(exception)")
        }
        return (answer["result"] as? [String: Any])?["value"]
    }

    /// Waits until an expression is true in the page.
    func wait(for expression: String, seconds: Double = 30) throws {
        let end = ContinuousClock.now + .seconds(seconds)
        while try evaluate("Boolean(\(expression))") as? Bool != true {
            guard ContinuousClock.now < end else {
                throw Failure(description: "waited in vain for \(expression)")
            }
            usleep(20_000)
        }
    }

    /// Presses the mouse at one place, moves it to another in steps, and releases it.
    func drag(from start: (x: Double, y: Double), to end: (x: Double, y: Double)) throws {
        try mouse("mousePressed", start)
        for step in 1...8 {
            let part = Double(step) / 8
            let place = (start.x + (end.x - start.x) * part, start.y + (end.y - start.y) * part)
            try mouse("mouseMoved", place)
        }
        try mouse("mouseReleased", end)
    }

    /// Presses a key, such as `ArrowUp`.
    func press(_ key: String) throws {
        for kind in ["keyDown", "keyUp"] {
            _ = try call("Input.dispatchKeyEvent", ["type": kind, "key": key, "code": key])
        }
    }

    /// A picture of the page as PNG.
    func picture() throws -> Data {
        let answer = try call("Page.captureScreenshot", ["format": "png"])
        return Data(base64Encoded: answer["data"] as? String ?? "") ?? Data()
    }

    private func mouse(_ kind: String, _ place: (x: Double, y: Double)) throws {
        _ = try call(
            "Input.dispatchMouseEvent",
            [
                "type": kind, "x": place.x, "y": place.y, "button": "left",
                "buttons": kind == "mouseReleased" ? 0 : 1, "clickCount": 1,
            ]
        )
    }

    private func call(_ method: String, _ parameters: [String: Any] = [:]) throws -> [String: Any] {
        number += 1
        var command: [String: Any] = ["id": number, "method": method, "params": parameters]
        if let session { command["sessionId"] = session }
        var bytes = try JSONSerialization.data(withJSONObject: command)
        bytes.append(0)
        try commands.write(contentsOf: bytes)
        while true {
            let message = try next()
            if message["id"] as? Int == number {
                if let error = message["error"] {
                    throw Failure(description: "\(method): \(error)")
                }
                return message["result"] as? [String: Any] ?? [:]
            }
            note(message)
        }
    }

    private func note(_ message: [String: Any]) {
        let parameters = message["params"] as? [String: Any] ?? [:]
        switch message["method"] as? String {
        case "Runtime.exceptionThrown": complaints.append("\(parameters)")
        case "Log.entryAdded":
            let entry = parameters["entry"] as? [String: Any] ?? [:]
            if entry["level"] as? String == "error" { complaints.append("\(entry)") }
        case "Runtime.consoleAPICalled":
            if parameters["type"] as? String == "error" { complaints.append("\(parameters)") }
        default: break
        }
    }

    private func next() throws -> [String: Any] {
        while true {
            if let end = pending.firstIndex(of: 0) {
                let message = Data(pending[..<end])
                pending.removeFirst(end + 1)
                return try JSONSerialization.jsonObject(with: message) as? [String: Any] ?? [:]
            }
            let data = messages.availableData
            guard !data.isEmpty else { throw Failure(description: "the browser has ended") }
            pending += data
        }
    }
}
