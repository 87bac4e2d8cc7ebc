import Foundation
import Synchronization

/// Turns Ctrl-C into a question that work asks between two steps.
///
/// The first SIGINT or SIGTERM asks for an end at the next border of a step; the second ends the
/// process at once.
enum StopSwitch {
    private static let signals = Atomic<Int>(0)

    /// Whether an end was asked for.
    static var isOn: Bool { signals.load(ordering: .relaxed) > 0 }

    /// Takes over both signals.
    static func install() {
        // Made now, since a signal handler must not make it.
        _ = isOn
        var both = sigset_t()
        sigemptyset(&both)
        for number in [SIGINT, SIGTERM] {
            sigaddset(&both, number)
            signal(number) { _ in
                let before = StopSwitch.signals.wrappingAdd(1, ordering: .relaxed).oldValue
                if before > 0 { _exit(130) }
            }
        }
        // A parent may have blocked them, and children inherit that.
        pthread_sigmask(SIG_UNBLOCK, &both, nil)
    }
}
