// swift-tools-version: 6.2
import PackageDescription

/// Targets are listed in the order in which data flows; each imports only what stands above it.
let package = Package(
    name: "LayerSwap",
    products: [
        .executable(name: "layerswap", targets: ["layerswap"]),
        .library(name: "Checkpointing", targets: ["Checkpointing"]),
        .library(name: "Tokenization", targets: ["Tokenization"]),
        .library(name: "Transformer", targets: ["Transformer"]),
        .library(name: "Training", targets: ["Training"]),
        .library(name: "Merging", targets: ["Merging"]),
        // Internal, as the underscore says: 'layerswap benchmark' preloads it to count allocations.
        .library(name: "_AllocationCounter", type: .dynamic, targets: ["CAllocationCounter"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        // The borders to C libraries.
        .target(name: "COpenBLAS"),
        .target(
            name: "CSentencePiece",
            linkerSettings: [
                .linkedLibrary("sentencepiece"), .linkedLibrary("sentencepiece_train"),
            ]
        ),
        .target(name: "CPCRE2", linkerSettings: [.linkedLibrary("pcre2-8")]),
        .target(name: "COneDNN"),
        .target(name: "COpenMPI"),
        .target(name: "CProcessor"),
        .target(name: "CAllocationCounter"),
        .target(name: "CAllocator"),

        // Text, numbers, memory and files.
        .target(name: "Foundations"),
        .target(name: "Arithmetic"),
        .target(
            name: "Kernels",
            dependencies: ["COpenBLAS", "COneDNN", "CProcessor", "Foundations"]
        ),
        // Processes that a launcher has started together.
        .target(name: "Ranks", dependencies: ["COpenMPI", "Foundations", "Kernels"]),
        .target(
            name: "Checkpointing",
            dependencies: [
                "Foundations", "Kernels", .product(name: "Crypto", package: "swift-crypto"),
            ]
        ),
        .target(name: "Templates"),
        .target(
            name: "Tokenization",
            dependencies: ["CSentencePiece", "CPCRE2", "Foundations", "Templates"]
        ),

        // Models, data and training.
        .target(name: "Transformer", dependencies: ["Foundations", "Kernels", "Checkpointing"]),
        .target(
            name: "ModelConversion",
            dependencies: [
                "Foundations", "Kernels", "Checkpointing", "Tokenization", "Transformer",
            ]
        ),
        .target(
            name: "Datasets",
            dependencies: [
                "Foundations", "Arithmetic", "Tokenization",
                .product(name: "Yams", package: "Yams"),
            ]
        ),
        .target(
            name: "Training",
            dependencies: ["Foundations", "Kernels", "Checkpointing", "Transformer", "Datasets"]
        ),

        // Merging: the methods as arithmetic on tensors, then plans and their execution on folders.
        .target(
            name: "MergeMethods",
            dependencies: ["Foundations", "Kernels", "Checkpointing", "Transformer"]
        ),
        .target(
            name: "Merging",
            dependencies: [
                "Foundations", "Kernels", "Checkpointing", "Transformer", "MergeMethods",
            ]
        ),

        // What models are worth, and why.
        .target(
            name: "Evaluation",
            dependencies: [
                "Foundations", "Arithmetic", "Kernels", "Checkpointing", "Tokenization",
                "Transformer", "Datasets",
            ]
        ),
        // Evaluation for its estimates: an error or an interval means the same in every record.
        .target(
            name: "Analysis",
            dependencies: [
                "Foundations", "Kernels", "Checkpointing", "Transformer", "Evaluation",
            ]
        ),

        // Experiments: what is asked, what lies on disk, what is done, what is shown.
        .target(
            name: "RecipeDocuments",
            dependencies: ["Foundations", "Datasets", .product(name: "Yams", package: "Yams")]
        ),
        .target(
            name: "Recipes",
            dependencies: [
                "Foundations", "Kernels", "Checkpointing", "Transformer", "Datasets", "Training",
                "MergeMethods", "Merging", "Evaluation", "RecipeDocuments",
                .product(name: "Yams", package: "Yams"),
            ]
        ),
        .target(
            name: "MergeFiles",
            dependencies: [
                "Foundations", "Checkpointing", "MergeMethods", "Merging", "RecipeDocuments",
                "Recipes",
                .product(name: "Yams", package: "Yams"),
            ]
        ),
        .target(
            name: "RunRecords",
            dependencies: [
                "Foundations", "Checkpointing", "Transformer", "Datasets", "MergeMethods",
                "Evaluation", "Analysis", "RecipeDocuments", "Recipes",
                .product(name: "GRDB", package: "GRDB.swift"),
            ]
        ),
        .target(
            name: "Pipeline",
            dependencies: [
                "Foundations", "Kernels", "Checkpointing", "Tokenization", "Transformer",
                "ModelConversion", "Datasets", "Training", "MergeMethods", "Merging", "Evaluation",
                "Analysis", "RecipeDocuments", "Recipes", "MergeFiles", "RunRecords",
            ]
        ),
        // Studies that several processes work on.
        .target(
            name: "RankedStudies",
            dependencies: [
                "Foundations", "Kernels", "Checkpointing", "Training", "Recipes", "RunRecords",
                "Pipeline", "Ranks",
            ]
        ),
        .target(
            name: "RunAnalysis",
            dependencies: [
                "Foundations", "Kernels", "Checkpointing", "Tokenization", "Transformer",
                "Datasets", "Training", "MergeMethods", "Evaluation", "Analysis", "RecipeDocuments",
                "Recipes", "RunRecords", "Pipeline",
            ]
        ),
        // From records alone: it executes nothing.
        .target(
            name: "Reporting",
            dependencies: [
                "Foundations", "Checkpointing", "MergeMethods", "Evaluation", "Analysis",
                "RecipeDocuments", "Recipes", "RunRecords",
            ]
        ),
        // The server and the page; the science is that of the targets above.
        .target(
            name: "Studio",
            dependencies: [
                "Foundations", "Arithmetic", "Kernels", "Checkpointing", "Tokenization",
                "Transformer",
                "Datasets", "MergeMethods", "Merging", "Evaluation", "RecipeDocuments", "Recipes",
                "MergeFiles", "ModelConversion", "Analysis", "RunRecords", "Pipeline",
                "RunAnalysis", "Reporting",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
            ],
            resources: [.embedInCode("Page")]
        ),
        .target(
            name: "Benchmarks",
            dependencies: [
                "Foundations", "Kernels", "Checkpointing", "Transformer", "Datasets", "Training",
                "MergeMethods", "Merging", "Reporting",
            ]
        ),
        .executableTarget(
            name: "layerswap",
            dependencies: [
                "Foundations", "Kernels", "Checkpointing", "Transformer", "Datasets", "Training",
                "MergeMethods", "Merging", "Evaluation", "Analysis", "RecipeDocuments", "Recipes",
                "MergeFiles", "RunRecords", "Pipeline", "RunAnalysis", "Reporting", "Benchmarks",
                "ModelConversion", "Studio", "Ranks", "RankedStudies", "CAllocator",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]
        ),

        .target(
            name: "TestSupport",
            dependencies: ["Foundations", "Kernels", "Checkpointing", "Transformer"],
            path: "Tests/TestSupport"
        ),
        .target(
            name: "RecipeTestSupport",
            dependencies: ["Recipes"],
            path: "Tests/RecipeTestSupport"
        ),
        .testTarget(
            name: "FoundationsTests",
            dependencies: ["Foundations", "Datasets", "RecipeTestSupport"]
        ),
        .testTarget(name: "KernelsTests", dependencies: ["Kernels", "TestSupport"]),
        .testTarget(
            name: "CheckpointingTests",
            dependencies: ["Kernels", "Checkpointing", "TestSupport"],
            exclude: ["Fixtures"]
        ),
        .testTarget(
            name: "TokenizationTests",
            dependencies: ["Tokenization", "TestSupport"],
            exclude: ["Fixtures"]
        ),
        .testTarget(
            name: "TransformerTests",
            dependencies: ["Kernels", "Checkpointing", "Transformer", "TestSupport"],
            exclude: ["Fixtures"]
        ),
        .testTarget(
            name: "ModelConversionTests",
            dependencies: [
                "Foundations", "Kernels", "Checkpointing", "Tokenization", "Transformer",
                "ModelConversion", "TestSupport",
            ],
            exclude: ["Fixtures"]
        ),
        .testTarget(name: "ArithmeticTests", dependencies: ["Foundations", "Arithmetic"]),
        .testTarget(name: "DatasetsTests", dependencies: ["Arithmetic", "Datasets"]),
        .testTarget(
            name: "TrainingTests",
            dependencies: [
                "Kernels", "Checkpointing", "Transformer", "Datasets", "Training", "TestSupport",
            ]
        ),
        .testTarget(
            name: "MergingTests",
            dependencies: [
                "Foundations", "Kernels", "Checkpointing", "Transformer", "MergeMethods",
                "Merging", "TestSupport",
            ],
            exclude: ["Fixtures"]
        ),
        .testTarget(
            name: "EvaluationTests",
            dependencies: [
                "Foundations", "Arithmetic", "Tokenization", "Transformer", "Datasets",
                "Evaluation",
            ],
            exclude: ["Fixtures"]
        ),
        .testTarget(
            name: "AnalysisTests",
            dependencies: [
                "Foundations", "Kernels", "Transformer", "Datasets", "Training", "Evaluation",
                "Analysis", "TestSupport",
            ]
        ),
        .testTarget(
            name: "RecipesTests",
            dependencies: [
                "Checkpointing", "Datasets", "Transformer", "MergeMethods", "Recipes",
                "RecipeTestSupport",
            ]
        ),
        .testTarget(
            name: "MergeFilesTests",
            dependencies: [
                "Foundations", "Kernels", "Checkpointing", "Transformer", "MergeMethods",
                "Merging", "RecipeDocuments", "Recipes", "MergeFiles", "RecipeTestSupport",
            ]
        ),
        .testTarget(
            name: "RunRecordsTests",
            dependencies: [
                "Foundations", "Checkpointing", "Evaluation", "Recipes", "RunRecords",
                "RecipeTestSupport",
            ],
            exclude: ["Fixtures"]
        ),
        .testTarget(
            name: "PipelineTests",
            dependencies: [
                "Foundations", "Checkpointing", "Tokenization", "Transformer", "Datasets",
                "MergeMethods", "Evaluation", "Analysis", "Recipes", "MergeFiles", "RunRecords",
                "Pipeline", "TestSupport", "RecipeTestSupport",
            ]
        ),
        .testTarget(
            name: "ReportingTests",
            dependencies: [
                "Foundations", "Checkpointing", "Datasets", "MergeMethods", "Evaluation",
                "Analysis",
                "Recipes", "RunRecords", "Reporting", "RecipeTestSupport",
            ]
        ),
        .testTarget(
            name: "RankedStudiesTests",
            dependencies: ["Checkpointing", "Recipes", "RunRecords", "RankedStudies"]
        ),
        .testTarget(
            name: "StudioTests",
            dependencies: ["Datasets", "Evaluation", "Recipes", "Studio", "RecipeTestSupport"]
        ),
        .testTarget(
            name: "BenchmarksTests",
            dependencies: ["Benchmarks", "Transformer"],
            exclude: ["Peers"]
        ),
        .testTarget(
            name: "CommandLineTests",
            dependencies: [
                "layerswap", "Checkpointing", "Tokenization", "Transformer", "Recipes",
            ],
            exclude: ["Help"]
        ),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)
