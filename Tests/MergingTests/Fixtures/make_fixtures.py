"""Makes the fixtures of the merging tests.

    pip install mergekit==0.1.5 transformers
    python3 make_fixtures.py
    python3 make_fixtures.py --missing

With `--missing` only what is not there is made, from the checkpoints that are.

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
import sys
import tempfile

import peft
import safetensors.torch
import tokenizers
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
        ("gemma3_text", dict(head_dim=6)),
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


def adapter(folder, model, seed):
    """A small LoRA adapter of some matrices, scaled by 3."""
    torch.manual_seed(seed)
    config = peft.LoraConfig(
        r=2, lora_alpha=6, target_modules=["q_proj", "down_proj"], init_lora_weights=False
    )
    changed = peft.get_peft_model(model, config)
    with torch.no_grad():
        for name, weight in changed.named_parameters():
            if "lora_" in name:
                weight.copy_(0.2 * torch.randn_like(weight))
    changed.save_pretrained(folder)
    written = folder / "adapter_config.json"
    # A path of the machine that it was made on.
    settings = dict(json.loads(written.read_text()), base_model_name_or_path=None)
    written.write_text(json.dumps(settings, indent=2, sort_keys=True) + "\n")
    (folder / "README.md").unlink()
    for name, weight in changed.named_parameters():
        assert weight.dtype == torch.float32, name


def tokenizer(folder):
    """A tokenizer of one piece for each row of the embeddings."""
    pieces = {piece: index for index, piece in enumerate("abcdefghijklmnop")}
    plain = tokenizers.Tokenizer(tokenizers.models.BPE(vocab=pieces, merges=[]))
    transformers.PreTrainedTokenizerFast(tokenizer_object=plain).save_pretrained(folder)


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
        "nuslerp": dict(merge_method="nuslerp", models=models(weight=[0.7, 0.5])),
        "nuslerp_changes": dict(
            merge_method="nuslerp", base_model=base, models=models(weight=[0.7, 0.5])
        ),
        "nuslerp_rows": dict(
            merge_method="nuslerp",
            models=models(weight=[0.7, 0.5]),
            parameters=dict(nuslerp_flatten=False),
        ),
        "nuslerp_columns": dict(
            merge_method="nuslerp",
            base_model=base,
            models=models(weight=[0.7, 0.5]),
            parameters=dict(nuslerp_flatten=False, nuslerp_row_wise=True),
        ),
        "multislerp": dict(merge_method="multislerp", models=models(weight=[0.7, 0.5])),
        "multislerp_changes": dict(
            merge_method="multislerp",
            base_model=base,
            models=models(weight=[0.7, 0.5]),
            parameters=dict(normalize_weights=False),
        ),
        "karcher": dict(
            merge_method="karcher",
            models=[dict(model=math), dict(model=language), dict(model=base)],
        ),
        "karcher_once": dict(
            merge_method="karcher",
            models=[dict(model=math), dict(model=language), dict(model=base)],
            parameters=dict(max_iter=1, tol=1e-3),
        ),
        "sce": dict(
            merge_method="sce", base_model=base, models=[dict(model=math), dict(model=language)]
        ),
        "sce_selected": dict(
            merge_method="sce",
            base_model=base,
            models=[dict(model=math), dict(model=language)],
            parameters=dict(select_topk=0.3),
        ),
        "nearswap": dict(
            merge_method="nearswap",
            base_model=base,
            models=[dict(model=math)],
            parameters=dict(t=0.1),
        ),
        "arcee_fusion": dict(
            merge_method="arcee_fusion", base_model=base, models=[dict(model=language)]
        ),
        # The epsilon is large, so that some changes are of one model and some of none.
        "ram": dict(
            merge_method="ram",
            base_model=base,
            models=[dict(model=math), dict(model=language)],
            parameters=dict(epsilon=0.2),
        ),
        "ramplus_tl": dict(
            merge_method="ramplus_tl",
            base_model=base,
            models=[dict(model=math), dict(model=language)],
            parameters=dict(epsilon=0.2, r=0.5, alpha=0.8),
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
    if file.stem.startswith("several"):
        stages = output.with_name(f"{output.name}-stages")
        command = ["mergekit-multi", file, "-I", stages, "--out-path", output]
    else:
        command = ["mergekit-yaml", file, output]
        if "+" in file.read_text():
            command += ["--lora-merge-cache", output.with_name(f"{output.name}-cache")]
    subprocess.run(command, check=True)
    tensors = {}
    for part in sorted(output.glob("*.safetensors")):
        tensors.update(safetensors.torch.load_file(part))
    safetensors.torch.save_file(tensors, result)
    if 'chat_template: "{' in file.read_text():
        shutil.copy(output / "chat_template.jinja", result.with_suffix(".jinja"))


def main():
    only_missing = "--missing" in sys.argv[1:]
    target = here / "mergekit"
    if not only_missing:
        families()
        shutil.rmtree(target / "adapter", ignore_errors=True)
    target.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        names = ("base", "math", "language")
        if only_missing:
            for name in names:
                (root / name).mkdir()
                shutil.copy(target / "config.json", root / name / "config.json")
                shutil.copy(target / f"{name}.safetensors", root / name / "model.safetensors")
        else:
            base = checkpoint(root / "base", 1)
            checkpoint(root / "math", 2, base)
            checkpoint(root / "language", 3, base)
            shutil.copy(root / "base" / "config.json", target / "config.json")
            for name in names:
                shutil.copy(root / name / "model.safetensors", target / f"{name}.safetensors")
        for name in names:
            tokenizer(root / name)
        if not (target / "adapter").exists():
            model = transformers.LlamaForCausalLM.from_pretrained(root / "base")
            adapter(target / "adapter", model.float(), 4)
        shutil.copytree(target / "adapter", root / "adapter")
        for name, config in merges(root).items():
            result = target / f"{name}.safetensors"
            if only_missing and result.exists():
                continue
            file = root / f"{name}.yaml"
            file.write_text(yaml.safe_dump(dict(config, dtype="float32")))
            run(file, root / f"out-{name}", result)
        for source in sorted((target / "files").glob("*.yaml")):
            result = source.with_suffix(".safetensors")
            if only_missing and result.exists():
                continue
            # Models are folders beside the file.
            file = root / source.name
            text = source.read_text()
            for model in ("base", "math", "language"):
                text = text.replace(f'"{model}"', f'"{root / model}"')
                text = text.replace(f'"{model}+adapter"', f'"{root / model}+{root / "adapter"}"')
            file.write_text(text)
            run(file, root / f"file-{source.stem}", result)


main()
