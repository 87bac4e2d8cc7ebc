import Checkpointing
import Foundation
import Foundations
import Synchronization

/// Ends the process after Ctrl-C, a SIGTERM or the end of its terminal, from wherever it is.
///
/// The first signal asks for an end. Work that can stop at a border, such as training, gets a
/// moment to come to one; then, or at once where nothing needs a moment, a thread that does nothing
/// else takes temporary files and programs that were started along, says in a line what is kept,
/// and ends the process with 128 plus the number of the signal. A second signal ends it without all
/// of that.
enum StopSwitch {
    /// What an end needs to know.
    private struct Plan {
        /// How long work may take to come to a border, in seconds.
        var patience = 0.0
        /// Programs that were started and save what they have before they end.
        var saving: @Sendable () -> [pid_t] = { [] }
        /// What is said at the end; gets the paths of finished files and folders.
        var words: @Sendable ([String]) -> String = StopSwitch.standardWords
    }

    /// When the first signal came, in nanoseconds of the monotonic clock; 0 before.
    private static let first = Atomic<UInt64>(0)
    /// The first signal; that of Ctrl-C where another rank has heard one.
    private static let signalNumber = Atomic<Int32>(SIGINT)
    private static let isEnding = Atomic<Bool>(false)
    private static let plan = Mutex(Plan())
    /// The signal handler writes into it, and the thread that ends the process waits for that.
    private static let wake: (read: Int32, write: Int32) = {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return (-1, -1) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }()

    /// Ctrl-C reaches a program and, through the one that started it, reaches it again.
    private static let secondSignalAfter: UInt64 = 300_000_000

    /// An end that may take longer is announced, in seconds.
    private static let secondsWithoutWords = 1.5

    /// Whether an end was asked for.
    static var isOn: Bool { first.load(ordering: .relaxed) > 0 }

    /// The exit code of a process that was stopped.
    static var exitCode: Int32 { 128 + signalNumber.load(ordering: .relaxed) }

    /// Whether work goes on when its terminal has gone, as `nohup` asks for.
    private static let ignoresHangUp: Bool = {
        var action = sigaction()
        guard sigaction(SIGHUP, nil, &action) == 0 else { return false }
        let handler = unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
        return handler == unsafeBitCast(SIG_IGN, to: Int.self)
    }()

    /// Takes over the signals that ask for an end.
    static func install() {
        // Made now, since a signal handler must not make them.
        _ = (isOn, exitCode)
        guard wake.write >= 0 else { return }
        Thread.detachNewThread { waitForSignal() }
        var taken = sigset_t()
        sigemptyset(&taken)
        for number in [SIGINT, SIGTERM] + (ignoresHangUp ? [] : [SIGHUP]) {
            sigaddset(&taken, number)
            signal(number) { StopSwitch.press($0) }
        }
        // Nobody reads any more, or a file may not grow: the write fails then, which has words of
        // its own, in place of an end without any. Programs that are started have the usual meaning
        // again.
        for number in [SIGPIPE, SIGXFSZ] { signal(number) { _ in } }
        // A parent may have blocked them, and children inherit that.
        pthread_sigmask(SIG_UNBLOCK, &taken, nil)
    }

    /// What a write to a terminal that has gone does: its signal may come later, or not at all.
    static func hangUp() {
        if !ignoresHangUp { press(SIGHUP) }
    }

    /// Says how this verb ends when it is stopped.
    ///
    /// - Parameters:
    ///   - patience: How long it may take to come to a border, in seconds.
    ///   - saving: The programs that were started and save what they have before they end; they
    ///     know themselves how long that may take.
    ///   - words: What is said at the end.
    static func expect(
        patience: Double = 0,
        waitingFor saving: @escaping @Sendable () -> [pid_t] = { [] },
        words: @escaping @Sendable (_ finished: [String]) -> String
    ) {
        plan.withLock { plan in
            plan.patience = patience
            plan.saving = saving
            plan.words = words
        }
    }

    /// Sets how long the work may take to come to a border, in seconds.
    static func wait(atMost patience: Double) { plan.withLock { $0.patience = patience } }

    /// Nothing that was asked for is half there.
    @Sendable
    static func standardWords(_ finished: [String]) -> String {
        guard !finished.isEmpty else { return "Stopped; nothing was written." }
        let names = finished.map { URL(filePath: $0).shownPath }
        return "Stopped; complete and kept: \(names.joined(separator: ", "))."
    }

    /// What the signal handler does; only what such a one may do.
    private static func press(_ number: Int32) {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        let now = UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
        let before = first.compareExchange(expected: 0, desired: now, ordering: .relaxed)
        guard before.exchanged else {
            // A terminal that goes says so more than once: through the shell, and by itself.
            let isSecond = number != SIGHUP && now &- before.original > secondSignalAfter
            if isSecond { _exit(exitCode) }
            return
        }
        signalNumber.store(number, ordering: .relaxed)
        var byte: UInt8 = 1
        _ = write(wake.write, &byte, 1)
    }

    private static func waitForSignal() {
        var byte: UInt8 = 0
        while read(wake.read, &byte, 1) < 0, errno == EINTR {}
        // They may have work of their own to put in order. Only those that are asked now to end
        // are waited for.
        let saving = Descendants.running(among: plan.withLock { $0.saving }())
        let began = ContinuousClock.now
        Descendants.send(SIGTERM)
        let patience = plan.withLock { $0.patience }
        if patience > secondsWithoutWords {
            ProgressLine.leave()
            Console.writeError(
                "Stopping when this step is done and saved, in \(Int(patience.rounded(.up))) s at "
                    + "most; another Ctrl-C ends it now."
            )
        }
        if !saving.isEmpty {
            ProgressLine.leave()
            Console.writeError(
                "Stopping when the runs that were started here are saved; another Ctrl-C does not "
                    + "wait for them."
            )
        }
        while began.duration(to: .now) < .seconds(plan.withLock { $0.patience })
            || !Descendants.running(among: saving).isEmpty
        {
            usleep(10_000)
        }
        end()
    }

    /// Ends the process; to be called when an end was asked for and work has come to a border.
    static func end() -> Never {
        // A second caller waits for the end.
        if isEnding.exchange(true, ordering: .relaxed) { while true { pause() } }
        Descendants.end()
        ProgressLine.leave()
        let words = plan.withLock { $0.words }
        UnfinishedItem.leave { finished in
            let said = words(finished)
            if !said.isEmpty { Console.writeError(said) }
            _exit(exitCode)
        }
    }
}
