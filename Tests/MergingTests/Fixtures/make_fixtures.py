"""Makes the fixtures of the merging tests.

    pip install mergekit==0.1.5 transformers
    python3 make_fixtures.py

`families.json` has, for each family of models, a small config.json as transformers writes it and the
names and shapes of the tensors that transformers gives such a model. `mergekit/` has three small
checkpoints and what mergekit 0.1.5 makes of them with each method, in one file each; numbers are
float32. `mergekit/files/` has configuration files that both programs read, with the results beside
them; those that begin with `exported` were written by `layerswap merge --mergekit`.
"""

import json
import pathlib
import shutil
import subprocess
import tempfile

import safetensors.torch
import torch
import transformers
import yaml

here = pathlib.Path(__file__).parent
sizes = dict(
    vocab_size=16,
    hidden_size=8,
    intermediate_size=12,
    num_hidden_layers=3,
    num_attention_heads=4,
    num_key_value_heads=2,
    max_position_embeddings=64,
)


def families():
    """Tensors by family, with the switches that change which there are."""
    cases = [
        ("llama", dict()),
        ("llama", dict(tie_word_embeddings=True, attention_bias=True, mlp_bias=True)),
        ("mistral", dict()),
        ("qwen2", dict()),
        ("qwen2", dict(tie_word_embeddings=True)),
        ("qwen3", dict(head_dim=6)),
        ("qwen3", dict(head_dim=6, attention_bias=True)),
        ("gemma2", dict(head_dim=6)),
    ]
    result = []
    for name, changes in cases:
        config = transformers.AutoConfig.for_model(name, **sizes, **changes)
        model = transformers.AutoModelForCausalLM.from_config(config)
        with tempfile.TemporaryDirectory() as folder:
            model.save_pretrained(folder)
            file = pathlib.Path(folder) / "model.safetensors"
            tensors = safetensors.torch.load_file(file)
            written = json.loads((pathlib.Path(folder) / "config.json").read_text())
        shapes = {key: list(value.shape) for key, value in sorted(tensors.items())}
        result.append(dict(config=written, tensors=shapes))
    lines = ",\n".join(json.dumps(case, sort_keys=True) for case in result)
    (here / "families.json").write_text(f"[\n{lines}\n]\n")


def checkpoint(folder, seed, base=None):
    """A small Llama, drawn afresh or by changing the weights of another."""
    torch.manual_seed(seed)
    config = transformers.LlamaConfig(**sizes, tie_word_embeddings=False)
    model = transformers.LlamaForCausalLM(config)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if base is None:
                weight.copy_(torch.randn_like(weight))
            else:
                weight.copy_(base.get_parameter(name) + 0.3 * torch.randn_like(weight))
    model.save_pretrained(folder)
    return model


def merges(root):
    """mergekit's configuration of each merge; weights and densities differ from the defaults."""
    base, math, language = (str(root / name) for name in ("base", "math", "language"))

    def models(**parameters):
        return [
            dict(model=path, parameters={key: values[index] for key, values in parameters.items()})
            for index, path in enumerate((math, language))
        ]

    return {
        "linear": dict(merge_method="linear", models=models(weight=[0.7, 0.5])),
        "slerp": dict(
            merge_method="slerp",
            base_model=math,
            models=[dict(model=math), dict(model=language)],
            parameters=dict(t=0.3),
        ),
        "task_arithmetic": dict(
            merge_method="task_arithmetic", base_model=base, models=models(weight=[0.7, -0.4])
        ),
        # A density that gives a whole number of entries of every tensor: mergekit rounds down,
        # this project to the nearest.
        "ties": dict(
            merge_method="ties",
            base_model=base,
            models=models(weight=[0.7, 0.5], density=[0.25, 0.25]),
        ),
        "ties_sum": dict(
            merge_method="ties",
            base_model=base,
            models=models(weight=[0.7, 0.5], density=[0.5, 0.5]),
            parameters=dict(normalize=False),
        ),
        "breadcrumbs": dict(
            merge_method="breadcrumbs",
            base_model=base,
            models=models(weight=[0.7, 0.5], density=[0.5, 0.5], gamma=[0.25, 0.25]),
        ),
        "dare_linear_whole": dict(
            merge_method="dare_linear",
            base_model=base,
            models=models(weight=[0.7, 0.5], density=[1.0, 1.0]),
        ),
        "dare_ties_whole": dict(
            merge_method="dare_ties",
            base_model=base,
            models=models(weight=[0.7, 0.5], density=[1.0, 1.0]),
        ),
        "model_stock": dict(
            merge_method="model_stock",
            base_model=base,
            models=[dict(model=math), dict(model=language)],
        ),
        # How a layer swap is written there: weights by layer, and by name outside of them.
        "layer_swap": dict(
            merge_method="linear",
            models=[
                dict(
                    model=path,
                    parameters=dict(
                        weight=[
                            dict(filter="embed_tokens", value=outer),
                            dict(filter="model.norm", value=outer),
                            dict(filter="lm_head", value=outer),
                            dict(value=layers),
                        ]
                    ),
                )
                for path, outer, layers in (
                    (math, 0.0, [0.0, 0.5, 1.0]),
                    (language, 1.0, [1.0, 0.5, 0.0]),
                )
            ],
        ),
    }


def run(file, output, result):
    """What mergekit makes of a configuration, as one file."""
    subprocess.run(["mergekit-yaml", file, output], check=True)
    tensors = {}
    for part in sorted(output.glob("*.safetensors")):
        tensors.update(safetensors.torch.load_file(part))
    safetensors.torch.save_file(tensors, result)


def main():
    families()
    target = here / "mergekit"
    target.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        base = checkpoint(root / "base", 1)
        checkpoint(root / "math", 2, base)
        checkpoint(root / "language", 3, base)
        shutil.copy(root / "base" / "config.json", target / "config.json")
        for name in ("base", "math", "language"):
            shutil.copy(root / name / "model.safetensors", target / f"{name}.safetensors")
        for name, config in merges(root).items():
            file = root / f"{name}.yaml"
            file.write_text(yaml.safe_dump(dict(config, dtype="float32")))
            run(file, root / name, target / f"{name}.safetensors")
        for source in sorted((target / "files").glob("*.yaml")):
            # Models are folders beside the file.
            file = root / source.name
            text = source.read_text()
            for model in ("base", "math", "language"):
                text = text.replace(f'"{model}"', f'"{root / model}"')
            file.write_text(text)
            run(file, root / f"file-{source.stem}", source.with_suffix(".safetensors"))


main()
