// swift-tools-version: 6.2
import PackageDescription

/// One program for each library; a package of its own has the URL or the path of LayerSwap here.
let package = Package(
    name: "Examples",
    dependencies: [.package(name: "LayerSwap", path: "../..")],
    targets: [
        .executableTarget(
            name: "MergeExample",
            dependencies: [.product(name: "Merging", package: "LayerSwap")]
        ),
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
    ],
    swiftLanguageModes: [.v6]
)
