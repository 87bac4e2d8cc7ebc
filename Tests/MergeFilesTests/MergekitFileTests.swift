import Checkpointing
import Foundation
import MergeFiles
import RecipeDocuments
import Recipes
import Testing

/// Configuration files that mergekit 0.1.5 and this project both follow, and what mergekit makes of
/// them (`Tests/MergingTests/Fixtures/make_fixtures.py`).
@Suite("Files of mergekit")
struct MergekitFileTests {
    private static let exports: [(name: String, settings: [(String, String)])] = [
        (
            "exported-swap",
            [
                ("method", "layer-swap"), ("bottom", "1"), ("top", "1"), ("bottom_transition", "1"),
                ("top_transition", "0"), ("transition", "constant 0.25"),
                ("embeddings", "blend 0.75"), ("head", "math"),
            ]
        ),
        (
            "exported-halves",
            [
                ("method", "layer-swap"),
                ("coefficients", "{attention: [1, 0.5, 0.5], mlp: [0, 0.5, 0.25]}"),
                ("final_norm", "base"),
            ]
        ),
        (
            "exported-ties",
            [
                ("method", "ties"), ("weights", "{math: 0.7, language: 0.5}"), ("density", "0.25"),
                ("lambda", "0.9"),
            ]
        ),
        ("exported-slerp", [("method", "slerp"), ("weights", "{math: 0.6, language: 0.4}")]),
        (
            "exported-nuslerp",
            [
                ("method", "nuslerp"), ("weights", "{math: 0.6, language: 0.4}"),
                ("extent", "columns"), ("task_vectors", "true"),
            ]
        ),
        (
            "exported-multislerp",
            [
                ("method", "multislerp"), ("weights", "{math: 0.6, language: 0.7}"),
                ("normalize", "false"), ("epsilon", "1e-7"),
            ]
        ),
        (
            "exported-karcher",
            [
                ("method", "karcher"), ("models", "[math, language, base]"), ("iterations", "4"),
                ("tolerance", "1e-4"),
            ]
        ),
        ("exported-sce", [("method", "sce"), ("density", "0.5")]),
        (
            "exported-nearswap",
            [("method", "nearswap"), ("model", "math"), ("distance", "0.05")]
        ),
        ("exported-arcee", [("method", "arcee-fusion"), ("model", "math")]),
        ("exported-ram", [("method", "ram"), ("epsilon", "0.1")]),
        (
            "exported-ramplus",
            [("method", "ramplus-tl"), ("epsilon", "0.1"), ("gain", "0.4"), ("limit", "0.3")]
        ),
    ]

    @Test(
        "A file gives the numbers that mergekit makes of it",
        arguments: [
            "gradient", "slices", "passthrough", "slerp", "ties", "densities", "biology", "stacked",
            "shifted", "tokenizer", "template", "adapted", "module", "stock", "stock-rows",
            "rescaled", "spheres",
        ] + exports.map(\.name)
    )
    func followed(name: String) throws {
        let files = MergekitPlace.fixtures.appending(path: "files")
        let text = try String(
            contentsOf: files.appending(path: "\(name).yaml"),
            encoding: .utf8
        )
        let place = try MergekitPlace()
        let expected = try TensorCollection(at: files.appending(path: "\(name).safetensors"))
        MergekitPlace.expectEqual(
            try place.numbers(place.tool(text)),
            try MergekitPlace.numbers(expected),
            name
        )
    }

    @Test(
        "A merge is written as mergekit's file, which gives the same",
        arguments: 0..<exports.count
    )
    func written(example: Int) throws {
        let (name, settings) = Self.exports[example]
        let place = try MergekitPlace()
        let tool = try place.tool(settings: settings)
        let text = try tool.mergekitConfiguration()
        let root = place.folder.path(percentEncoded: false)
        let expected = try String(
            contentsOf: MergekitPlace.fixtures.appending(path: "files/\(name).yaml"),
            encoding: .utf8
        )
        #expect(text.replacing("\(root)/", with: "") + "\n" == expected)
        MergekitPlace.expectEqual(
            try place.numbers(place.tool(text)),
            try place.numbers(tool),
            name
        )
    }

    @Test(
        "What mergekit cannot express is refused with the reason",
        arguments: [
            (
                [("method", "layer-swap"), ("bottom_transition", "1"), ("interpolation", "slerp")],
                "one method for all tensors"
            ),
            ([("method", "trimmed")], "no method like 'trimmed'"),
        ]
    )
    func notWritten(settings: [(String, String)], expected: String) throws {
        let place = try MergekitPlace()
        let tool = try place.tool(settings: settings)
        let error = #expect(throws: MergekitExportError.self) { try tool.mergekitConfiguration() }
        #expect(error?.description.contains(expected) == true)
    }

    @Test(
        "What this project cannot follow is refused with the place and the reason",
        arguments: [
            (
                "merge_method: tise\nmodels: [{model: math}]",
                "did you mean \"ties\"?; these are the methods of mergekit 0.1.5"
            ),
            ("merge_method: nuslerp\nmodels: [{model: math}]", "two models, and perhaps a base"),
            (
                "merge_method: sce\nmodels: [{model: math}]",
                "sce takes a base_model and others, found 1"
            ),
            (
                "merge_method: nearswap\nbase_model: base\nmodels: [{model: math}]",
                "the parameter 't' is missing"
            ),
            (
                "merge_method: linear\nmodels: [{model: org/name}]",
                "org/name; download a model of the Hugging Face hub first "
                    + "('hf download org/name --local-dir FOLDER')"
            ),
            (
                "merge_method: karcher\nparameters: {max_iter: 1e30}\n"
                    + "models: [{model: math}, {model: language}]",
                "'max_iter': found 1e+30, expected a whole number from 0 to 100000"
            ),
            ("merge_method: linear\nmodels: [{model: math}]", "'weight' of 'math' is missing"),
            (
                "merge_method: linear\nmodels: [{model: math, parameters: {wieght: 1}}]",
                "did you mean \"weight\"?"
            ),
            (
                "merge_method: linear\nmodels: [{model: math, parameters: {weight: 1}}]\n"
                    + "tokenizer: {source: base, tokens: {<s>: {source: math}}}",
                "tokens are not merged here"
            ),
            (
                "merge_method: linear\nmodels: [{model: math, parameters: {weight: 1}}]\n"
                    + "tokenizer: {pad_to_multiple_of: 64}",
                "the models have 16, which is no multiple of 64"
            ),
            (
                "merge_method: linear\nmodels: [{model: math, parameters: {weight: 1}}]\n"
                    + "tokenizer_source: language",
                "a model which is not merged"
            ),
            (
                "merge_method: linear\nmodels: [{model: math, parameters: {weight: 1}}]\n"
                    + "chat_template: llama3",
                "give the path of a .jinja file"
            ),
            (
                "merge_method: linear\nmodels: [{model: math, parameters: {weight: 1}}]\n"
                    + "chat_template: nothing",
                "expected auto, chatml, the path"
            ),
            ("merge_method: linear\nmodels: [{model: math@main}]", "the revision \"main\""),
            ("merge_method: linear\nmodels: [{model: math+adapter+base}]", "MODEL+ADAPTER"),
            (
                "merge_method: linear\nmodels: [{model: math+missing}]",
                "the adapter \"missing\": tried /"
            ),
            (
                "merge_method: linear\nmodels: [{model: {model: math, override_architecture: x}}]",
                "the architecture of its config.json"
            ),
            ("merge_method: linear", "expected one of models, slices and modules"),
            (
                "merge_method: linear\nmodules: {text: {}}",
                "models of several parts"
            ),
            (
                "merge_method: passthrough\nslices:\n"
                    + "  - sources: [{model: math, layer_range: [0, 2]}]\n"
                    + "  - sources: [{model: language, layer_range: [2, 4]}]",
                "the layer_range of 'language' is [2, 4]; it has the layers 0 to 2"
            ),
            (
                "merge_method: linear\nparameters: {weight: 1}\nslices:\n"
                    + "  - sources: [{model: math, layer_range: [0, 2]}, "
                    + "{model: math, layer_range: [1, 3]}]",
                "slice 0 has 'math' twice"
            ),
            (
                "merge_method: task_arithmetic\nparameters: {weight: 1}\nslices:\n"
                    + "  - {base_model: base, sources: [{model: math, layer_range: [0, 2]}]}\n"
                    + "  - {base_model: math, sources: [{model: math, layer_range: [2, 3]}]}",
                "slices have one base_model here"
            ),
            (
                "merge_method: ties\nmodels:\n  - {model: math, parameters: {weight: 1}}",
                "a base_model and one or more others"
            ),
            (
                "merge_method: linear\nmodels:\n  - {model: math, parameters: {weight: 1}}\n"
                    + "  - {model: language, parameters: {weight: -1}}",
                "add up to zero"
            ),
        ]
    )
    func notFollowed(text: String, expected: String) throws {
        let place = try MergekitPlace()
        let error = #expect(throws: (any Error).self) { try place.tool(text) }
        let description = error.map { "\($0)" } ?? ""
        #expect(description.contains(expected), "\(description)")
    }

    @Test("The record of a merge by such a file repeats it")
    func verified() throws {
        let place = try MergekitPlace()
        let output = place.folder.appending(path: "output")
        let text = """
            merge_method: slerp
            base_model: math
            models: [{model: math}, {model: language}]
            parameters: {t: [{filter: mlp, value: [0, 1]}, {value: 0.5}]}
            """
        _ = try place.tool(text).write(to: output, replacing: false) { _ in }
        let again = try MergeTool(MergeRequest(recordedIn: output), threads: 1)
        #expect(try again.verify(output) { _ in } > 20)
        // The file calls an expert its base; people see which one.
        let card = try String(contentsOf: output.appending(path: "README.md"), encoding: .utf8)
        #expect(card.contains("\n# mergekit of math (base) and language\n"), "\(card)")
        #expect(again.planLines.first == "mergekit's slerp of math (base), language")
        let tensors = again.plannedTensors
        let norm = try #require(tensors.first { $0.tensor == "model.norm.weight" })
        #expect(Set(norm.models) == ["math", "language"])
        let name = "model.layers.0.mlp.up_proj.weight"
        let first = try #require(tensors.first { $0.tensor == name })
        #expect(first.source == "math (base)" && first.models == ["math"])
        #expect(again.planLines.contains { $0.contains("  math (base)  ") })
    }

    @Test("Layers that are put elsewhere are reported in the plan, and counted in config.json")
    func stacked() throws {
        let place = try MergekitPlace()
        let config = place.folder.appending(path: "math/config.json")
        var values = try #require(
            try JSONSerialization.jsonObject(with: Data(contentsOf: config)) as? [String: Any]
        )
        values["layer_types"] = ["full_attention", "sliding_attention", "full_attention"]
        try JSONSerialization.data(withJSONObject: values).write(to: config)
        let text = """
            merge_method: passthrough
            slices:
              - sources: [{model: math, layer_range: [0, 2]}]
              - sources: [{model: language, layer_range: [1, 3]}]
              - sources: [{model: math, layer_range: [0, 1]}]
            """
        let tool = try place.tool(text)
        #expect(
            tool.briefLines.contains {
                $0.contains("model.layers.2…3.*") && $0.contains("language, layers 1…2 of language")
            },
            "\(tool.briefLines)"
        )
        let output = place.folder.appending(path: "output")
        _ = try tool.write(to: output, replacing: false) { _ in }
        let written = try #require(
            try JSONSerialization.jsonObject(
                with: Data(contentsOf: output.appending(path: "config.json"))
            ) as? [String: Any]
        )
        #expect(written["num_hidden_layers"] as? Int == 5)
        #expect(
            (written["layer_types"] as? [String])?.map { $0.prefix(4) }
                == ["full", "slid", "slid", "full", "full"]
        )
        let again = try MergeTool(MergeRequest(recordedIn: output), threads: 1)
        #expect(try again.verify(output) { _ in } == 5 * 9 + 3)
        #expect(throws: MergekitExportError.moved) { try tool.mergekitConfiguration() }
    }

    @Test("Chances follow mergekit: what is kept adds up to what there was")
    func rescaled() throws {
        for (rescale, isEqual) in [("true", true), ("false", false)] {
            let place = try MergekitPlace()
            let text = """
                merge_method: dare_linear
                base_model: base
                parameters: {rescale: \(rescale)}
                models: [{model: math, parameters: {weight: 1, density: 0.5}}]
                """
            let merged = try place.numbers(place.tool(text))
            let parts = try ["base", "math"].map {
                try MergekitPlace.numbers(TensorCollection(at: place.folder.appending(path: $0)))
            }
            for (name, values) in merged {
                let base = try #require(parts[0][name])
                let math = try #require(parts[1][name])
                let changes = [values, math].map { list in
                    zip(list, base).reduce(0) { $0 + abs(Double($1.0) - Double($1.1)) }
                }
                #expect((abs(changes[0] / changes[1] - 1) < 1e-4) == isEqual, "\(name)")
            }
        }
    }

    @Test("Tokenizer and chat template come from where the file says")
    func templates() throws {
        let place = try MergekitPlace()
        for part in MergekitPlace.parts {
            let folder = place.folder.appending(path: part)
            let settings = #"{"chat_template": "{{ '\#(part == "base" ? "one" : "two")' }}"}"#
            try Data(settings.utf8).write(to: folder.appending(path: "tokenizer_config.json"))
            try Data(#"{"part": "\#(part)"}"#.utf8).write(
                to: folder.appending(path: "special_tokens_map.json")
            )
        }
        let head = """
            merge_method: task_arithmetic
            base_model: base
            models: [{model: math}, {model: language}]
            parameters: {weight: 0.5}

            """
        func written(_ text: String, _ name: String) throws -> String? {
            let output = place.folder.appending(path: UUID().uuidString)
            _ = try place.tool(head + text).write(to: output, replacing: false) { _ in }
            return try? String(contentsOf: output.appending(path: name), encoding: .utf8)
        }
        let base = #"{"part": "base"}"#
        #expect(try written("", "special_tokens_map.json") == base)
        #expect(try written("tokenizer_source: union", "special_tokens_map.json") == base)
        #expect(
            try written("tokenizer: {source: language}", "special_tokens_map.json")
                == #"{"part": "language"}"#
        )
        #expect(try written("", "chat_template.jinja") == nil)
        #expect(try written("chat_template: auto", "chat_template.jinja") == "{{ 'two' }}")
        #expect(
            try written("chat_template: auto", "tokenizer_config.json")?.contains("'two'") == true
        )
        let own = "{% for message in messages %}{{ message['content'] }}{% endfor %}"
        #expect(try written("chat_template: \"\(own)\"", "chat_template.jinja") == own)
        _ = try place.write(own, "own.jinja")
        #expect(try written("chat_template: own.jinja", "chat_template.jinja") == own)
        let known = try written("chat_template: chatml", "chat_template.jinja")
        #expect(known?.contains("<|im_start|>") == true)
    }

    @Test("A model with an adapter is repeated from its record, and told in the model card")
    func adapted() throws {
        let place = try MergekitPlace()
        let text = """
            name: with-adapter
            metadata: {author: somebody}
            merge_method: linear
            models:
              - model: {model: {path: base}, lora: {path: adapter}}
                parameters: {weight: 1}
              - {model: base, parameters: {weight: 1}}
            """
        let output = place.folder.appending(path: "output")
        _ = try place.tool(text).write(to: output, replacing: false) { _ in }
        let again = try MergeTool(MergeRequest(recordedIn: output), threads: 1)
        #expect(try again.verify(output) { _ in } > 20)
        let card = try String(contentsOf: output.appending(path: "README.md"), encoding: .utf8)
        #expect(card.contains("base + adapter") && card.contains("'with-adapter'"))
        let text2 = text.replacing("{path: adapter}", with: "{path: adapter, revision: main}")
        #expect(throws: RecipeError.self) { try place.tool(text2) }
    }
}
