import Checkpointing
import Foundation
import MergeMethods

extension MergeExecutor {
    /// A module of the merged adapter, and the model whose factors it has.
    struct AdaptedModule {
        let module: AdapterFolder.Module
        let source: AdapterFolder
        /// The name of the model.
        let input: String
    }

    /// The modules of the merged adapter, in the order of the architecture's tensors.
    ///
    /// A tensor that no adapter changes is that of the base whatever is done with it.
    ///
    /// - Throws: `AdapterError` when the result is no adapter.
    func adaptedModules() throws -> [AdaptedModule] {
        let used = models.filter { plan.inputs.contains($0.name) && $0.name != ModelPart.base.name }
        if let whole = used.first(where: { $0.adapter == nil }) {
            throw AdapterError.noAdapter(input: whole.name)
        }
        var modules: [AdaptedModule] = []
        for output in plan.outputs {
            let tensor = output.description.name
            let isChanged = try output.source.inputs.contains {
                try model($0).isAdapted(tensor)
            }
            guard isChanged else { continue }
            guard case .copy(let input) = output.source, let source = try model(input).adapter,
                let module = source.modules[tensor]
            else {
                throw AdapterError.notExact(tensor: tensor, source: output.source.description)
            }
            modules.append(AdaptedModule(module: module, source: source, input: input))
        }
        guard let first = modules.first else {
            throw AdapterError.noAdapter(input: ModelPart.base.name)
        }
        let rule = first.source.configuration.usesRootOfRank
        guard modules.allSatisfy({ $0.source.configuration.usesRootOfRank == rule }) else {
            throw AdapterError.differentScaling
        }
        return modules
    }

    /// Merges adapters into the folder that will be an adapter folder, by copying factors.
    ///
    /// - Throws: `AdapterError` when that would not be exact, and as `write`.
    func writeAdapter(
        for folder: URL,
        in partial: URL,
        version: String,
        progress: (MergeProgress) throws -> Void
    ) throws -> MergeReport {
        let modules = try adaptedModules()
        let tensors = modules.flatMap { [$0.module.a, $0.module.b] }
        let total = tensors.reduce(0) { $0 + $1.byteCount }
        let path = partial.appending(path: AdapterFolder.fileName)
            .path(percentEncoded: false)
        let layout = try SafetensorsLayout(tensors, path: path)
        let file = try OutputFile(creating: path, byteCount: layout.byteCount)
        try layout.header.withUnsafeBytes { try file.write($0, at: 0) }
        let places = Dictionary(
            zip(layout.tensors.map(\.name), layout.offsets).map { ($0, $1) },
            uniquingKeysWith: { first, _ in first }
        )
        var done = 0
        for entry in modules {
            for tensor in [entry.module.a, entry.module.b] {
                try progress(
                    MergeProgress(
                        step: .merging,
                        name: tensor.name,
                        doneBytes: done,
                        totalBytes: total
                    )
                )
                guard let place = places[tensor.name] else {
                    throw MergeError.contradiction(what: "'\(tensor.name)' has no place")
                }
                try entry.source.tensors.withBytes(of: tensor.name) { bytes in
                    let type = tensor.elementType
                    if let element = ElementScan.firstNotFinite(in: bytes, as: type) {
                        throw try notFinite(tensor.name, element, entry.input)
                    }
                    try file.write(bytes, at: place)
                }
                done += tensor.byteCount
            }
        }
        try AtomicFile.write(
            adapterConfiguration(modules),
            to: partial.appending(path: AdapterConfiguration.fileName)
        )
        _ = try compareAdapter(modules, in: partial, progress)
        return MergeReport(
            output: folder,
            copiedTensors: tensors.count,
            computedTensors: 0,
            provenBytes: total,
            weights: try writeRecords(
                of: [AdapterFolder.fileName],
                in: partial,
                version: version,
                progress
            )
        )
    }

    /// Compares a merged adapter with the adapters that it is made of.
    ///
    /// - Returns: The number of tensors that were compared.
    /// - Throws: `MergeError.differs`, and errors of reading.
    func verifyAdapter(
        _ folder: URL,
        progress: (MergeProgress) throws -> Void
    ) throws -> Int {
        try compareAdapter(adaptedModules(), in: folder, progress)
    }

    private func compareAdapter(
        _ modules: [AdaptedModule],
        in folder: URL,
        _ progress: (MergeProgress) throws -> Void
    ) throws -> Int {
        let file = folder.appending(path: AdapterFolder.fileName)
        let path = file.path(percentEncoded: false)
        let written = try TensorCollection(at: file)
        let names = Set(modules.flatMap { [$0.module.a.name, $0.module.b.name] })
        if let surplus = written.tensors.first(where: { !names.contains($0.name) }) {
            throw MergeError.differs(
                tensor: surplus.name,
                path: path,
                how: "the repeated merge has no such tensor"
            )
        }
        for entry in modules {
            for tensor in [entry.module.a, entry.module.b] {
                try progress(
                    MergeProgress(step: .proving, name: tensor.name, doneBytes: 0, totalBytes: 0)
                )
                guard written.description(of: tensor.name) == tensor else {
                    throw MergeError.differs(
                        tensor: tensor.name,
                        path: path,
                        how: "it is missing, or has another shape or type"
                    )
                }
                try written.withBytes(of: tensor.name) { own in
                    try entry.source.tensors.withBytes(of: tensor.name) { foreign in
                        guard own.hasSameBytes(as: foreign) else {
                            throw MergeError.differs(
                                tensor: tensor.name,
                                path: path,
                                how: "its bytes are others"
                            )
                        }
                    }
                }
            }
        }
        return names.count
    }

    /// The settings of the first adapter, with the modules of the merged one and, where modules
    /// have another rank or α than the first of them, these by name.
    private func adapterConfiguration(_ modules: [AdaptedModule]) throws -> Data {
        let first = modules[0]
        let url = first.source.folder.appending(path: AdapterConfiguration.fileName)
        let object = try JSONSerialization.jsonObject(with: InputFile.data(at: url))
        guard var values = object as? [String: Any] else {
            throw AdapterError.malformed(
                path: url.path(percentEncoded: false),
                reason: "it is not the JSON that PEFT writes"
            )
        }
        func alpha(_ entry: AdaptedModule) -> Double {
            entry.source.configuration.alpha(of: entry.module.name)
        }
        func number(_ value: Double) -> Any { Int(exactly: value).map { $0 as Any } ?? value }
        values["target_modules"] = modules.map(\.module.name)
        values["r"] = first.module.factors.rank
        values["lora_alpha"] = number(alpha(first))
        var ranks: [String: Any] = [:]
        var alphas: [String: Any] = [:]
        for entry in modules {
            let name = entry.module.name
            if entry.module.factors.rank != first.module.factors.rank {
                ranks[name] = entry.module.factors.rank
            }
            if alpha(entry) != alpha(first) { alphas[name] = number(alpha(entry)) }
        }
        values["rank_pattern"] = ranks
        values["alpha_pattern"] = alphas
        // The names above say which layers have factors.
        values["layers_to_transform"] = NSNull()
        values["layers_pattern"] = NSNull()
        return try JSONSerialization.data(
            withJSONObject: values,
            options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        )
    }
}
