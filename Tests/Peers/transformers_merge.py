"""Merges checkpoints of transformers with random weights and compares with the same merge in PyTorch.

    pip install torch transformers peft safetensors
    swift build -c release
    python3 Tests/Peers/transformers_merge.py .build/release/layerswap

For each family a base and two experts are written, in shards; layerswap swaps their layers, and
transformers loads the result and must give the logits of a model whose weights were merged here. For
LoRA adapters of PEFT the swap is made twice: as a whole model, and as an adapter of pieces, which PEFT
must load. Prints the largest difference of logits for each, and ends with 1 if one is too large.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

import peft
import safetensors.torch
import torch
import transformers

layers = 4
# The published zones at four layers: language, both, math, language.
weights = [1.0, 0.5, 0.0, 1.0]
sizes = dict(
    vocab_size=64,
    hidden_size=32,
    intermediate_size=48,
    num_hidden_layers=layers,
    num_attention_heads=4,
    num_key_value_heads=2,
    max_position_embeddings=64,
)
families = [
    ("llama", dict()),
    ("llama", dict(tie_word_embeddings=True)),
    ("mistral", dict(sliding_window=16)),
    ("qwen2", dict()),
    ("qwen3", dict(head_dim=12)),
    ("gemma2", dict(head_dim=12)),
]


def new_model(family, changes, seed):
    torch.manual_seed(seed)
    config = transformers.AutoConfig.for_model(family, **sizes, **changes)
    model = transformers.AutoModelForCausalLM.from_config(config).float().eval()
    with torch.no_grad():
        for weight in model.parameters():
            weight.add_(0.05 * torch.randn_like(weight))
    return model


def logits(model):
    tokens = torch.arange(24).reshape(2, 12) * 5 % 64
    with torch.no_grad():
        return model(tokens).logits


def run(program, *arguments):
    command = [program, "merge", *map(str, arguments), "--quiet"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(command)}\n{done.stdout}{done.stderr}")


def layer_weight(name, choices):
    """The language expert's weight in a tensor; everything outside of layers is its own."""
    parts = name.split(".")
    return choices[int(parts[parts.index("layers") + 1])] if "layers" in parts else 1.0


def swap(language, math, choices):
    """The state of a swap, computed in double precision."""
    return {
        name: (
            layer_weight(name, choices) * language[name].double()
            + (1 - layer_weight(name, choices)) * math[name].double()
        ).float()
        for name in language
    }


def whole_models(program, root):
    worst = 0.0
    for number, (family, changes) in enumerate(families):
        place = root / f"family-{number}"
        models = {}
        for seed, part in enumerate(("language", "math")):
            models[part] = new_model(family, changes, 10 * number + seed)
            models[part].save_pretrained(place / part, max_shard_size="20KB")
        run(program, "--language", place / "language", "--math", place / "math",
            "--to", place / "merged", "--bottom", 1, "--bottom-transition", 1,
            "--top", 1, "--top-transition", 0)
        expected = new_model(family, changes, 0)
        expected.load_state_dict(
            swap(models["language"].state_dict(), models["math"].state_dict(), weights)
        )
        merged = transformers.AutoModelForCausalLM.from_pretrained(place / "merged").float().eval()
        difference = (logits(merged) - logits(expected)).abs().max().item()
        print(f"{family} {json.dumps(changes)}: logits differ by at most {difference:.1e}")
        worst = max(worst, difference)
        check_bytes(place)
    return worst


def check_bytes(place):
    """Tensors of layers that one expert owns must be its own, byte by byte."""
    def tensors(folder):
        found = {}
        for file in sorted(folder.glob("*.safetensors")):
            found.update(safetensors.torch.load_file(file))
        return found

    parts = {name: tensors(place / name) for name in ("language", "math", "merged")}
    for name, tensor in parts["merged"].items():
        weight = layer_weight(name, weights)
        if weight in (0.0, 1.0):
            owner = "language" if weight else "math"
            if not torch.equal(tensor, parts[owner][name]):
                sys.exit(f"{name} is not that of the {owner} expert")


def adapters(program, root):
    place = root / "adapters"
    base = new_model("llama", dict(), 1)
    base.save_pretrained(place / "base")
    for seed, (part, rank, alpha) in enumerate((("language", 4, 8), ("math", 2, 10))):
        torch.manual_seed(seed)
        settings = peft.LoraConfig(
            r=rank, lora_alpha=alpha, target_modules=["q_proj", "v_proj", "down_proj"]
        )
        adapted = peft.get_peft_model(
            transformers.AutoModelForCausalLM.from_pretrained(place / "base"), settings
        )
        with torch.no_grad():
            for name, weight in adapted.named_parameters():
                if "lora_" in name:
                    weight.copy_(0.2 * torch.randn_like(weight))
        adapted.save_pretrained(place / part)

    def loaded(part):
        model = transformers.AutoModelForCausalLM.from_pretrained(place / "base").float()
        return peft.PeftModel.from_pretrained(model, place / part).eval()

    states = {part: loaded(part).merge_and_unload().state_dict() for part in ("language", "math")}
    worst = 0.0
    for name, choices, flags in (
        ("whole", weights, ["--bottom-transition", 1]),
        ("pieces", [1.0, 0.0, 0.0, 1.0], ["--bottom-transition", 0, "--adapter"]),
    ):
        run(program, "--language", place / "language", "--math", place / "math",
            "--base", place / "base", "--to", place / name, "--bottom", 1, "--top", 1,
            "--top-transition", 0, *flags)
        expected = new_model("llama", dict(), 1)
        expected.load_state_dict(swap(states["language"], states["math"], choices))
        merged = (
            loaded("pieces")
            if name == "pieces"
            else transformers.AutoModelForCausalLM.from_pretrained(place / name).float().eval()
        )
        difference = (logits(merged) - logits(expected)).abs().max().item()
        print(f"adapters, {name}: logits differ by at most {difference:.1e}")
        worst = max(worst, difference)
    return worst


def main():
    transformers.logging.set_verbosity_error()
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        worst = max(whole_models(sys.argv[1], root), adapters(sys.argv[1], root))
    sys.exit(0 if worst < 2e-5 else 1)


main()
