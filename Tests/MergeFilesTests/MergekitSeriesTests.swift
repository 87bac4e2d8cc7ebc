import Checkpointing
import Foundation
import Foundations
import MergeFiles
import MergeMethods
import RecipeDocuments
import Recipes
import Testing

/// Several merges in one file, as `mergekit-multi` does them.
@Suite("Files of mergekit with several merges")
struct MergekitSeriesTests {
    private func series(_ text: String, _ place: MergekitPlace) throws -> MergekitSeries {
        try #require(try MergekitSeries(file: place.write(text)))
    }

    private func write(_ series: MergekitSeries, _ output: URL) throws -> [MergeTool.Summary] {
        try series.write(to: output, replacing: false, threads: 2) { _ in }
    }

    @Test("A file gives the numbers that mergekit makes of it, and each merge is verified")
    func followed() throws {
        let place = try MergekitPlace()
        let files = MergekitPlace.fixtures.appending(path: "files")
        let text = try String(contentsOf: files.appending(path: "several.yaml"), encoding: .utf8)
        let series = try series(text, place)
        let plans = try series.plans(threads: 1, everyTensor: false)
        #expect(plans.map(\.title) == ["gradient-slerp", "the merged model"])
        #expect(plans[1].lines.contains { $0.contains("TIES") }, "\(plans[1].lines)")
        let output = place.folder.appending(path: "output")
        let summaries = try write(series, output)
        let merges = output.appending(path: MergekitSeries.folderName)
        #expect(
            summaries.map(\.output)
                == [merges.appending(path: "gradient-slerp"), output].map(\.shownPath)
        )
        MergekitPlace.expectEqual(
            try MergekitPlace.numbers(TensorCollection(at: output)),
            try MergekitPlace.numbers(
                TensorCollection(at: files.appending(path: "several.safetensors"))
            ),
            "several"
        )
        // Nothing is left beside the output, and the records hold wherever the folder is moved.
        let beside = try FileManager.default.contentsOfDirectory(atPath: place.folder.path)
        #expect(!beside.contains { $0.hasPrefix(".") }, "\(beside)")
        let moved = place.folder.appending(path: "moved")
        try FileManager.default.moveItem(at: output, to: moved)
        for folder in [moved, moved.appending(path: "merges/gradient-slerp")] {
            let again = try MergeTool(MergeRequest(recordedIn: folder), threads: 1)
            #expect(try again.verify(folder) { _ in } > 20)
        }
    }

    private static let slerp = """
        merge_method: slerp
        base_model: math
        models: [{model: math}, {model: language}]
        parameters: {t: 0.5}

        """

    @Test("Where all have names the last one that no other uses is the result")
    func named() throws {
        let place = try MergekitPlace()
        let series = try series(
            "name: b\nmerge_method: passthrough\nmodels: [{model: a}]\n---\n"
                + "name: a\n\(Self.slerp)---\n",
            place
        )
        let output = place.folder.appending(path: "output")
        #expect(try write(series, output).count == 2)
        let numbers = try [output, output.appending(path: "merges/a")].map {
            try MergekitPlace.numbers(TensorCollection(at: $0))
        }
        #expect(numbers[0] == numbers[1])
    }

    @Test("Paths of results are names too, as in older files")
    func paths() throws {
        let place = try MergekitPlace()
        let series = try series(
            "out_path: ./models/first\n\(Self.slerp)---\n"
                + "out_path: ./models/second\nmerge_method: passthrough\n"
                + "models: [{model: ./models/first}]",
            place
        )
        let output = try #require(series.output)
        #expect(output.path == place.folder.appending(path: "models/second").path)
        #expect(try write(series, output).count == 2)
    }

    @Test("Layers that are made may be used again")
    func deeper() throws {
        let place = try MergekitPlace()
        let series = try series(
            "name: deep\nmerge_method: passthrough\nslices:\n"
                + "  - sources: [{model: math, layer_range: [0, 2]}]\n"
                + "  - sources: [{model: math, layer_range: [1, 3]}]\n---\n"
                + "merge_method: passthrough\nslices:\n"
                + "  - sources: [{model: deep, layer_range: [1, 4]}]",
            place
        )
        let plans = try series.plans(threads: 1, everyTensor: true)
        #expect(plans[1].lines == ["planned when deep is there"])
        let output = place.folder.appending(path: "output")
        #expect(try write(series, output).count == 2)
        #expect(try CheckpointArchitecture(in: output).layerCount == 3)
    }

    @Test(
        "What does not hang together is refused",
        arguments: [
            ("name: a\n\(slerp)---\nname: a\n\(slerp)", "two merges are named \"a\""),
            ("\(slerp)---\n\(slerp)", "two merges have no name"),
            (
                "name: a\nmerge_method: passthrough\nmodels: [{model: b}]\n---\n"
                    + "name: b\nmerge_method: passthrough\nmodels: [{model: a}]",
                "every merge of the file uses another one"
            ),
            (
                "name: a\nmerge_method: passthrough\nmodels: [{model: b}]\n---\n"
                    + "name: b\nmerge_method: passthrough\nmodels: [{model: a}]\n---\n\(slerp)",
                "which leads back to it"
            ),
            ("name: ../a\n\(slerp)---\n\(slerp)", "expected letters, digits"),
            ("name: a\n\(slerp)---\nmodels: []", "expected merge_method in each"),
        ]
    )
    func refused(text: String, expected: String) throws {
        let place = try MergekitPlace()
        let file = try place.write(text)
        let error = #expect(throws: RecipeError.self) { try MergekitSeries(file: file) }
        let description = error.map { "\($0)" } ?? ""
        #expect(description.contains(expected), "\(description)")
    }

    @Test("A merge that fails leaves nothing")
    func failed() throws {
        let place = try MergekitPlace()
        let series = try series(
            "name: a\n\(Self.slerp)---\nmerge_method: linear\nmodels: [{model: a}]",
            place
        )
        let output = place.folder.appending(path: "output")
        #expect(throws: MergekitError.self) { try series.plans(threads: 1, everyTensor: false) }
        #expect(throws: MergekitError.self) { try write(series, output) }
        let beside = try FileManager.default.contentsOfDirectory(atPath: place.folder.path)
        #expect(!beside.contains { $0.hasPrefix(".") || $0 == "output" }, "\(beside)")
    }

    @Test("What an earlier run of a file made is replaced when asked for, nothing else")
    func replaced() throws {
        let place = try MergekitPlace()
        let series = try series(
            "name: a\n\(Self.slerp)---\nmerge_method: passthrough\nmodels: [{model: a}]",
            place
        )
        let output = place.folder.appending(path: "output")
        _ = try write(series, output)
        #expect(throws: OutputError.self) { try write(series, output) }
        _ = try series.write(to: output, replacing: true, threads: 1) { _ in }
        let foreign = output.appending(path: "\(MergekitSeries.folderName)/a/thesis.txt")
        try Data("mine".utf8).write(to: foreign)
        let error = #expect(throws: OutputError.self) {
            try series.write(to: output, replacing: true, threads: 1) { _ in }
        }
        #expect(error?.description.contains("thesis.txt") == true)
        #expect(try Data(contentsOf: foreign) == Data("mine".utf8))
    }

    @Test("An output that is, holds or lies in a model of any of the merges is refused")
    func kept() throws {
        let place = try MergekitPlace()
        let series = try series(
            "name: a\n\(Self.slerp)---\nmerge_method: passthrough\nmodels: [{model: a}]",
            place
        )
        let link = place.folder.appending(path: "link")
        try FileManager.default.createSymbolicLink(
            at: link,
            withDestinationURL: place.folder.appending(path: "math")
        )
        let outputs = [
            place.folder.appending(path: "math"), place.folder.appending(path: "math/inside"),
            place.folder, link,
        ]
        for output in outputs {
            let error = #expect(throws: OutputError.self) {
                try series.write(to: output, replacing: true, threads: 1) { _ in }
            }
            #expect(error?.description.contains("which is only read") == true)
        }
        let math = place.folder.appending(path: "math/model.safetensors")
        #expect(FileManager.default.fileExists(atPath: math.path))
    }

    @Test("One document is none of these, and an output that is there is kept")
    func one() throws {
        let place = try MergekitPlace()
        #expect(try MergekitSeries(file: place.write(Self.slerp)) == nil)
        let several = try series("name: a\n\(Self.slerp)---\n\(Self.slerp)", place)
        #expect(throws: (any Error).self) {
            try write(several, place.folder.appending(path: "math"))
        }
    }
}
