import Checkpointing
import Foundation
import Kernels
import Testing

@Suite("Tensors of a checkpoint")
struct TensorCollectionTests {
    private func shard(_ folder: TemporaryFolder, _ file: String, _ names: [String]) throws {
        let tensors = try names.map {
            try TensorDescription(name: $0, elementType: .float32, shape: [2])
        }
        let url = folder.url.appending(path: file)
        try SafetensorsWriter.write(tensors, to: url) { tensor, emit in
            let value = Float(tensor.name.utf8.first ?? 0)
            try [value, value + 0.5].withUnsafeBytes { try emit($0) }
        }
    }

    private func index(_ folder: TemporaryFolder, _ json: String) throws {
        _ = try folder.file(TensorCollection.indexName, Data(json.utf8))
    }

    @Test("A file and a folder with one file are the same tensors")
    func single() throws {
        let folder = try TemporaryFolder()
        try shard(folder, "model.safetensors", ["a", "b"])
        let file = folder.url.appending(path: "model.safetensors")
        for url in [folder.url, file] {
            let collection = try TensorCollection(at: url)
            #expect(collection.tensors.map(\.name) == ["a", "b"])
            #expect(collection.files.map(\.lastPathComponent) == ["model.safetensors"])
        }
    }

    @Test("Shards are found through their index")
    func shards() throws {
        let folder = try TemporaryFolder()
        try shard(folder, "model-2.safetensors", ["c"])
        try shard(folder, "model-1.safetensors", ["b", "a"])
        try index(
            folder,
            """
            {"metadata": {"total_size": 24}, "weight_map": {"a": "model-1.safetensors",
             "b": "model-1.safetensors", "c": "model-2.safetensors"}}
            """
        )
        let collection = try TensorCollection(at: folder.url)
        #expect(collection.tensors.map(\.name) == ["b", "a", "c"])
        #expect(
            collection.files.map(\.lastPathComponent) == [
                "model-1.safetensors", "model-2.safetensors",
            ]
        )
        let buffer = FloatBuffer(count: 2)
        try collection.readFloats(of: "c", into: buffer.view)
        #expect(buffer.view.array() == [99, 99.5])
        #expect(throws: ShardError.self) { try collection.readFloats(of: "d", into: buffer.view) }
    }

    @Test(
        "An index that does not fit its shards is refused",
        arguments: [
            (#"{"weight_map": {"a": "model-1.safetensors", "b": "gone.safetensors"}}"#, "gone"),
            (#"{"weight_map": {"a": "model-1.safetensors", "z": "model-1.safetensors"}}"#, "'z'"),
            (#"{"weight_map": {"a": "model-1.safetensors"}}"#, "'b'"),
            (#"{"weight_map": {"a": "../model-1.safetensors"}}"#, "plain name"),
            (#"{"weight_map": {"a": "/etc/model-1.safetensors"}}"#, "plain name"),
            (#"{"weight_map": {"a": "..\\model-1.safetensors"}}"#, "plain name"),
            (#"{"weight_map": {"a": "model-1.bin"}}"#, "plain name"),
            (#"{"weight_map": {"a": ".safetensors"}}"#, "plain name"),
            (#"{"weight_map": {"a": "model\u0000.safetensors"}}"#, "plain name"),
            (#"{"weight_map": {"a": 3}}"#, "is not text"), (#"{"weight_map": {}}"#, "empty"),
            (#"{"metadata": {}}"#, "weight_map"), (#"{"#, "JSON"), ("", "JSON"),
        ]
    )
    func badIndex(json: String, words: String) throws {
        let folder = try TemporaryFolder()
        try shard(folder, "model-1.safetensors", ["a", "b"])
        try index(folder, json)
        let error = #expect(throws: ShardError.self) { try TensorCollection(at: folder.url) }
        #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
    }

    @Test("A folder without tensors and a path without anything say so")
    func nothing() throws {
        let folder = try TemporaryFolder()
        #expect(throws: FolderError.self) { try TensorCollection(at: folder.url) }
        #expect(throws: FileError.self) {
            try TensorCollection(at: folder.url.appending(path: "absent"))
        }
    }
}
