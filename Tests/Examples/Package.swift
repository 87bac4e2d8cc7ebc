// swift-tools-version: 6.2
import PackageDescription

/// How other packages use LayerSwap: one small program for each library.
let package = Package(
    name: "Examples",
    dependencies: [.package(name: "LayerSwap", path: "../..")],
    targets: [
        .executableTarget(
            name: "CheckpointExample",
            dependencies: [.product(name: "Checkpointing", package: "LayerSwap")]
        ),
        .executableTarget(
            name: "TokenizerExample",
            dependencies: [.product(name: "Tokenization", package: "LayerSwap")]
        ),
        .executableTarget(
            name: "GenerateExample",
            dependencies: [
                .product(name: "Tokenization", package: "LayerSwap"),
                .product(name: "Transformer", package: "LayerSwap"),
            ]
        ),
        .executableTarget(
            name: "TrainExample",
            dependencies: [
                .product(name: "Tokenization", package: "LayerSwap"),
                .product(name: "Training", package: "LayerSwap"),
                .product(name: "Transformer", package: "LayerSwap"),
            ]
        ),
        .executableTarget(
            name: "MergeExample",
            dependencies: [.product(name: "Merging", package: "LayerSwap")]
        ),
    ],
    swiftLanguageModes: [.v6]
)
