import Checkpointing
import Foundation
import Testing

@Suite("Models in the cache of the Hugging Face hub")
struct HubCacheTests {
    @Test("A name means the snapshot that refs/main names, and a snapshot has that name")
    func folder() throws {
        let place = try TemporaryFolder()
        let model = place.url.appending(path: "hub/models--org--some--model")
        let snapshot = model.appending(path: "snapshots/0123abcd")
        for folder in [snapshot, model.appending(path: "refs")] {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        }
        let main = model.appending(path: "refs/main")
        try Data("0123abcd\n".utf8).write(to: main)
        func found(_ name: String) -> String? {
            HubCache.folder(of: name, environment: ["HF_HOME": place.url.path])?.path
        }
        #expect(found("org/some--model") == snapshot.standardizedFileURL.path)
        #expect(found("org/other") == nil)
        #expect(found("org") == nil)
        let cache = ["HF_HUB_CACHE": place.url.appending(path: "hub").path, "HF_HOME": "/nowhere"]
        #expect(HubCache.folder(of: "org/some--model", environment: cache) != nil)
        #expect(HubCache.name(of: snapshot) == "org/some--model")
        #expect(HubCache.title(of: snapshot) == "some--model")
        #expect(HubCache.name(of: model) == nil)
        #expect(HubCache.title(of: model) == "models--org--some--model")
        // A record that leads out of the cache, or nowhere, means nothing.
        for commit in ["../refs", "", "..", "fedc"] {
            try Data(commit.utf8).write(to: main)
            #expect(found("org/some--model") == nil, "\(commit)")
        }
    }

    @Test(
        "Names of the hub are two parts, and no paths",
        arguments: [
            ("org/name", true), ("Org-1/na.me_2", true), ("name", false), ("a/b/c", false),
            ("../name", false), ("/name", false), ("org/", false), ("org/na me", false),
        ]
    )
    func names(_ text: String, _ expected: Bool) {
        #expect(HubCache.isName(text) == expected)
    }

    @Test("A pipe where a file of ours is expected is none, and nobody waits for it")
    func pipe() throws {
        let place = try TemporaryFolder()
        let pipe = place.url.appending(path: "chart.svg")
        #expect(mkfifo(pipe.path(percentEncoded: false), 0o600) == 0)
        let mark = OutputMark.file("a chart") { _ in true }
        #expect(try mark.objection(pipe) == "it cannot be read")
    }
}
