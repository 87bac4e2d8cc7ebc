import Checkpointing
import Foundation
import Testing

@Suite("Weights in several files")
struct ShardPlanTests {
    private func tensors(_ sizes: [Int]) throws -> [TensorDescription] {
        try sizes.enumerated().map {
            try TensorDescription(name: "t\($0.offset)", elementType: .uint8, shape: [$0.element])
        }
    }

    @Test("Tensors fill files in their order; a larger one has a file for itself")
    func groups() throws {
        let plan = try ShardPlan(
            tensors([40, 50, 20, 300, 10, 90]),
            maximumBytes: 100,
            folder: "x"
        )
        #expect(
            plan.shards.map { $0.layout.tensors.map(\.name) }
                == [["t0", "t1"], ["t2"], ["t3"], ["t4", "t5"]]
        )
        #expect(plan.shards[3].fileName == "model-00004-of-00004.safetensors")
    }

    @Test("One file has the plain name and no index")
    func single() throws {
        let plan = try ShardPlan(tensors([40, 50]), folder: "x")
        #expect(plan.shards.map(\.fileName) == ["model.safetensors"])
        #expect(try plan.index() == nil)
        #expect(try ShardPlan([], folder: "x").shards.count == 1)
    }

    @Test("The index names the file of every tensor and the bytes of all")
    func index() throws {
        let plan = try ShardPlan(tensors([60, 50, 20]), maximumBytes: 100, folder: "x")
        let data = try #require(try plan.index())
        let object = try #require(
            try JSONSerialization.jsonObject(with: data) as? [String: [String: Any]]
        )
        #expect(object["metadata"]?["total_size"] as? Int == 130)
        #expect(
            object["weight_map"] as? [String: String] == [
                "t0": "model-00001-of-00002.safetensors",
                "t1": "model-00002-of-00002.safetensors",
                "t2": "model-00002-of-00002.safetensors",
            ]
        )
    }

    @Test("A layout shows where each tensor lies in the file that the writer writes")
    func offsets() throws {
        let folder = try TemporaryFolder()
        let wide = try TensorDescription(name: "wide", elementType: .float32, shape: [3])
        let narrow = try TensorDescription(name: "narrow", elementType: .uint8, shape: [5])
        let url = folder.url.appending(path: "file.safetensors")
        try SafetensorsWriter.write([narrow, wide], to: url) { tensor, emit in
            try Data(repeating: tensor.name == "wide" ? 1 : 2, count: tensor.byteCount)
                .withUnsafeBytes { try emit($0) }
        }
        let layout = try SafetensorsLayout([narrow, wide], path: "x")
        let bytes = try Data(contentsOf: url)
        #expect(layout.byteCount == bytes.count)
        #expect(layout.tensors == [wide, narrow])
        #expect(Array(bytes.prefix(layout.header.count)) == layout.header)
        #expect(bytes[layout.offsets[0]..<layout.offsets[1]].allSatisfy { $0 == 1 })
        #expect(bytes[layout.offsets[1]...].allSatisfy { $0 == 2 })
    }
}
