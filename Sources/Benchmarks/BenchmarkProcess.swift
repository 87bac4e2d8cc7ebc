import Checkpointing
import Foundation
import Foundations

/// A program that is measured in a process of its own.
enum BenchmarkProcess {
    /// What became of it.
    struct Ending {
        /// Everything that it wrote to standard output.
        let output: String
        /// From its start to its end.
        let seconds: Double
    }

    /// This program's own file.
    ///
    /// - Throws: `OptionError` when it cannot be found.
    static func ownProgram() throws -> String {
        guard let program = Bundle.main.executableURL else {
            throw OptionError("this program cannot find its own file")
        }
        return program.path
    }

    /// Refuses a program that cannot be started, before anything is measured.
    ///
    /// - Throws: `OptionError`.
    static func check(python: String) throws {
        do {
            _ = try run("/usr/bin/env", [python, "--version"])
        } catch {
            throw OptionError(
                "--python: found \"\(python)\", which cannot be started; expected a program in PATH or "
                    + "its whole path; nothing was measured"
            )
        }
    }

    /// Runs a program to its end.
    ///
    /// - Throws: `OptionError` when it fails.
    static func run(_ program: String, _ arguments: [String]) throws -> Ending {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        let output = Pipe()
        process.standardOutput = output
        // A file, since nobody empties a pipe while the other one is read.
        let remarks = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        let item = UnfinishedItem(at: remarks)
        defer { item.remove() }
        try AtomicFile.write(Data(), to: remarks)
        process.standardError = try FileHandle(forWritingTo: remarks)
        let start = ContinuousClock.now
        do { try process.run() } catch {
            throw OptionError("\(program) cannot be started: \(ErrorText.text(of: error))")
        }
        let text = String(
            decoding: output.fileHandleForReading.readDataToEndOfFile(),
            as: UTF8.self
        )
        process.waitUntilExit()
        let seconds = start.duration(to: .now).inSeconds
        guard process.terminationStatus == 0 else {
            let last = (try? String(contentsOf: remarks, encoding: .utf8))?.suffix(600) ?? ""
            throw OptionError(
                "'\(([program] + arguments).joined(separator: " "))' failed with status "
                    + "\(process.terminationStatus): \(last)"
            )
        }
        return Ending(output: text, seconds: seconds)
    }

    /// The last line of output that is a JSON object.
    ///
    /// - Throws: `OptionError` when there is none of that form.
    static func lastObject<Object: Decodable>(
        _ type: Object.Type,
        of program: String,
        _ arguments: [String]
    ) throws -> (object: Object, seconds: Double) {
        let ending = try run(program, arguments)
        let line = ending.output.split(separator: "\n").last { $0.hasPrefix("{") }
        guard let line, let found = try? JSONDecoder().decode(type, from: Data(line.utf8)) else {
            throw OptionError(
                "'\(([program] + arguments).joined(separator: " "))' printed no measurement"
            )
        }
        return (found, ending.seconds)
    }
}
