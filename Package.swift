// swift-tools-version: 6.1
import PackageDescription

/// Targets are listed in the order in which data flows; each imports only what stands above it.
let package = Package(
    name: "LayerSwap",
    products: [
        .executable(name: "layerswap", targets: ["layerswap"]),
        // Preloaded by 'layerswap benchmark' to count allocations; nothing links it.
        .library(name: "AllocationCounter", type: .dynamic, targets: ["CAllocationCounter"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        .target(name: "COpenBLAS"),
        .target(
            name: "CSentencePiece",
            linkerSettings: [
                .linkedLibrary("sentencepiece"), .linkedLibrary("sentencepiece_train"),
            ]
        ),
        .target(name: "COneDNN"),
        .target(name: "CProcessor"),
        .target(name: "CAllocationCounter"),
        .target(name: "Kernels", dependencies: ["COpenBLAS", "COneDNN", "CProcessor"]),
        .target(
            name: "Checkpointing",
            dependencies: ["Kernels", .product(name: "Crypto", package: "swift-crypto")]
        ),
        .target(name: "Transformer", dependencies: ["Kernels", "Checkpointing"]),
        .target(name: "Tokenization", dependencies: ["CSentencePiece", "Kernels"]),
        .target(
            name: "Datasets",
            dependencies: ["Tokenization", .product(name: "Yams", package: "Yams")]
        ),
        .target(
            name: "Training",
            dependencies: ["Kernels", "Checkpointing", "Transformer", "Datasets"]
        ),
        .target(name: "Merging", dependencies: ["Kernels", "Checkpointing", "Transformer"]),
        .target(
            name: "Evaluation",
            dependencies: ["Kernels", "Checkpointing", "Transformer", "Tokenization", "Datasets"]
        ),
        // Evaluation for its measurements: an error or an interval means the same in every record.
        .target(
            name: "Analysis",
            dependencies: ["Kernels", "Checkpointing", "Transformer", "Evaluation"]
        ),
        .target(
            name: "Pipeline",
            dependencies: [
                "Kernels", "Checkpointing", "Transformer", "Tokenization", "Datasets", "Training",
                "Merging", "Evaluation", "Analysis", .product(name: "Yams", package: "Yams"),
                .product(name: "GRDB", package: "GRDB.swift"),
            ]
        ),
        .target(
            name: "Reporting",
            dependencies: ["Checkpointing", "Merging", "Evaluation", "Analysis", "Pipeline"]
        ),
        .executableTarget(
            name: "layerswap",
            dependencies: [
                "Kernels", "Checkpointing", "Transformer", "Datasets", "Training", "Merging",
                "Evaluation", "Analysis", "Pipeline", "Reporting",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]
        ),
        .target(
            name: "TestSupport",
            dependencies: ["Checkpointing", "Kernels", "Transformer"],
            path: "Tests/TestSupport"
        ),
        .testTarget(name: "KernelsTests", dependencies: ["Kernels", "TestSupport"]),
        .testTarget(
            name: "CheckpointingTests",
            dependencies: ["Checkpointing", "TestSupport"],
            exclude: ["Fixtures"]
        ),
        .testTarget(
            name: "TransformerTests",
            dependencies: ["Transformer", "TestSupport"],
            exclude: ["Fixtures"]
        ),
        .testTarget(
            name: "TokenizationTests",
            dependencies: ["Tokenization", "TestSupport"],
            exclude: ["Fixtures"]
        ),
        .testTarget(name: "DatasetsTests", dependencies: ["Datasets", "TestSupport"]),
        .testTarget(
            name: "TrainingTests",
            dependencies: ["Training", "Checkpointing", "Datasets", "TestSupport"]
        ),
        .testTarget(
            name: "MergingTests",
            dependencies: ["Merging", "TestSupport"],
            exclude: ["Fixtures"]
        ),
        .testTarget(name: "EvaluationTests", dependencies: ["Evaluation", "TestSupport"]),
        .testTarget(
            name: "AnalysisTests",
            dependencies: ["Analysis", "Training", "Datasets", "TestSupport"]
        ),
        .testTarget(
            name: "PipelineTests",
            dependencies: ["Pipeline", "TestSupport"],
            exclude: ["Fixtures"]
        ),
        .testTarget(name: "ReportingTests", dependencies: ["Reporting"]),
        .testTarget(
            name: "CommandLineTests",
            dependencies: ["layerswap", "TestSupport", "Transformer"]
        ),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)
