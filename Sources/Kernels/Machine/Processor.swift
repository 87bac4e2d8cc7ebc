import CProcessor
import Foundation

/// What the operating system reports about the processor.
package struct Processor: Sendable {
    /// Marketing name, such as `Intel(R) Xeon(R) Processor @ 2.50GHz`.
    package let name: String
    /// Instruction set extensions in the spelling of `/proc/cpuinfo`, such as `avx512f`.
    package let features: Set<String>
    /// Number of processors that this process may run on.
    package let coreCount: Int

    /// The processor of this machine.
    package static let current: Processor = {
        let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        return Processor(
            cpuInformation: text,
            coreCount: usableCores
        )
    }()

    /// The cores that this thread may run on: a launcher of several processes gives each some.
    private static var usableCores: Int {
        let cores = Int(processor_usable_cores())
        return cores > 0 ? cores : ProcessInfo.processInfo.activeProcessorCount
    }

    /// Reads the first processor out of the text of `/proc/cpuinfo`.
    package init(cpuInformation: String, coreCount: Int) {
        var fields: [String: String] = [:]
        for line in cpuInformation.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { continue }
            let key = parts[0].trimmingCharacters(in: .whitespaces)
            if fields[key] == nil { fields[key] = parts[1].trimmingCharacters(in: .whitespaces) }
        }
        name = fields["model name"] ?? fields["CPU part"] ?? "unknown processor"
        features = Set(
            (fields["flags"] ?? fields["Features"] ?? "").split(separator: " ").map(String.init)
        )
        self.coreCount = coreCount
    }

    /// The extensions that matter for this project's arithmetic, best first, that are present.
    package var notableFeatures: [String] {
        ["amx_bf16", "avx512_bf16", "avx512_vnni", "avx512f", "avx2", "fma", "asimd", "sve"]
            .filter(features.contains)
    }
}

/// The compiler that this program was built with.
package enum Toolchain {
    /// Such as `Swift 6.3, Clang 21.0.0`.
    package static var version: String {
        let clang = String(cString: processor_compiler())
            .split(separator: " ").first { $0.first?.isNumber ?? false }
        return "Swift \(swift)" + (clang.map { ", Clang \($0)" } ?? "")
    }

    private static var swift: String {
        #if compiler(>=6.4)
            "6.4 or newer"
        #elseif compiler(>=6.3)
            "6.3"
        #else
            "6.2"
        #endif
    }
}
