"""Makes tiny random models of every family that runs here, with what PyTorch computes for them.

    pip install torch transformers safetensors
    python make_family_fixtures.py            # the committed fixtures
    python make_family_fixtures.py --hold-out FOLDER [SEED [COUNT]]
    python make_family_fixtures.py --check CHECKPOINT FOLDER

The second form makes COUNT other models of random shapes in FOLDER, with the same files, and the
third makes them for a checkpoint that is there; the tests compare with them too when
LAYERSWAP_HOLD_OUT names that folder. Everything is float32 with eager
attention on one thread of the CPU; what each tensor means is written in README.md.
"""

import json
import pathlib
import random
import sys

import torch
from make_fixtures import (
    FOLDER, IGNORED, SEGMENT_LENGTHS, generation, logits_of, make_batch, save, summed_loss, train,
)
from transformers import AutoConfig, AutoModelForCausalLM

SMALL = dict(vocab_size=54, hidden_size=24, intermediate_size=20, max_position_embeddings=64)
PLAIN = {"rope_type": "default", "rope_theta": 10000.0}

# Heads that are wider or narrower than the model over them, groups, biases, windows that are shorter
# than the longest segment (11), each kind of scaled positions.
MODELS = {
    "llama-bias": ("llama", dict(
        SMALL, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2, head_dim=10,
        attention_bias=True, mlp_bias=True, rope_parameters=dict(PLAIN, rope_type="linear", factor=2.0),
    )),
    "mistral": ("mistral", dict(
        SMALL, num_hidden_layers=2, num_attention_heads=3, num_key_value_heads=1, head_dim=6,
        sliding_window=4, rope_parameters=PLAIN,
    )),
    "qwen2": ("qwen2", dict(
        SMALL, num_hidden_layers=3, num_attention_heads=6, num_key_value_heads=2,
        tie_word_embeddings=True, use_sliding_window=True, sliding_window=5, max_window_layers=2,
        rope_parameters={
            "rope_type": "yarn", "rope_theta": 1000.0, "factor": 4.0,
            "original_max_position_embeddings": 16, "beta_fast": 4.0,
        },
    )),
    "qwen3": ("qwen3", dict(
        SMALL, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2, head_dim=14,
        tie_word_embeddings=True, rope_parameters=dict(PLAIN, rope_theta=1000000.0),
    )),
    "qwen3-bias": ("qwen3", dict(
        SMALL, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=1, head_dim=4,
        attention_bias=True, rope_parameters=dict(PLAIN, rope_type="dynamic", factor=3.0),
    )),
    "gemma3": ("gemma3_text", dict(
        SMALL, num_hidden_layers=3, num_attention_heads=2, num_key_value_heads=1, head_dim=18,
        sliding_window=4, layer_types=["sliding_attention", "full_attention", "sliding_attention"],
        query_pre_attn_scalar=30,
        rope_parameters={
            "full_attention": {"rope_type": "linear", "rope_theta": 1000000.0, "factor": 8.0},
            "sliding_attention": PLAIN,
        },
    )),
}


def make_model(kind, shape, seed):
    torch.manual_seed(seed)
    # No padding token: PyTorch drops the gradient of its embedding.
    config = AutoConfig.for_model(
        kind, **shape, bos_token_id=1, eos_token_id=2, pad_token_id=None,
        attn_implementation="eager",
    )
    model = AutoModelForCausalLM.from_config(config, attn_implementation="eager").float().eval()
    assert model.config._attn_implementation == "eager"
    center = 0.0 if kind.startswith("gemma") else 1.0
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if name.endswith("bias"):
                parameter.normal_(0.0, 0.3)
            elif parameter.dim() == 1:
                parameter.normal_(center, 0.2)
            elif "embed_tokens" in name:
                parameter.normal_(0.0, 0.1)
            else:
                parameter.normal_(0.0, 1.6 / parameter.shape[1] ** 0.5)
    return model


def write_model(folder, kind, shape, seed):
    """Another seed where rounding could decide a greedy token."""
    for seed in range(seed, seed + 1000, 100):
        model = make_model(kind, shape, seed)
        # `generate` would take the end of texts from here in place of none.
        ends, model.generation_config.eos_token_id = model.generation_config.eos_token_id, None
        try:
            texts = generation(model, shape["vocab_size"])
        except AssertionError:
            continue
        model.generation_config.eos_token_id = ends
        break
    else:
        raise SystemExit(f"no seed gives {folder} clear choices")
    write_files(folder, model, texts, seed)


def write_files(folder, model, texts, seed, trains=True):
    tokens, targets = make_batch(model.config.vocab_size, seed + 100)
    folder.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(folder)
    (folder / "model.safetensors").chmod(0o644)
    (folder / "generation.json").write_text(json.dumps(texts, indent=1) + "\n")
    logits = logits_of(model, tokens)
    loss = summed_loss(logits, targets)
    loss.backward()
    expected = {
        "tokens": tokens.int(),
        "targets": targets.int(),
        "segment_offsets": torch.tensor([0, *SEGMENT_LENGTHS]).cumsum(0).int(),
        "logits": logits.detach(),
        "loss_sum": loss.detach().reshape(1),
        "loss_count": (targets != IGNORED).sum().reshape(1).int(),
    }
    for key, parameter in model.named_parameters():
        expected[f"grad.{key}"] = parameter.grad.clone()
    if trains:
        losses, norms = train(model, tokens, targets)
        expected["train.losses"] = torch.tensor(losses)
        expected["train.gradient_norms"] = torch.tensor(norms)
    save(expected, folder / "expected.safetensors")


def random_shape(kind, chance):
    """A model of a family with sizes that no fixture has."""
    groups = chance.choice([1, 2, 3])
    shared = chance.choice([1, 2, 3])
    heads = groups * shared
    layers = chance.choice([1, 2, 3])
    shape = dict(
        vocab_size=chance.randint(52, 90),
        # Heads divide the width where a family has no head width of its own; pairs need two.
        hidden_size=heads * 2 * chance.randint(-(-10 // heads), -(-20 // heads)),
        intermediate_size=chance.randint(9, 40), max_position_embeddings=chance.choice([32, 64]),
        num_hidden_layers=layers, num_attention_heads=heads, num_key_value_heads=shared,
        tie_word_embeddings=chance.random() < 0.5, rms_norm_eps=chance.choice([1e-5, 1e-6]),
    )
    theta = chance.choice([500.0, 10000.0, 1000000.0])
    scaled = chance.choice([
        {"rope_type": "default"}, {"rope_type": "linear", "factor": 2.5},
        {"rope_type": "dynamic", "factor": 2.0},
        {"rope_type": "llama3", "factor": 4.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
         "original_max_position_embeddings": 16},
        {"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 16},
        {"rope_type": "yarn", "factor": 2.0, "original_max_position_embeddings": 32,
         "attention_factor": 1.3, "beta_fast": 8.0, "beta_slow": 2.0, "truncate": False},
    ])
    shape["rope_parameters"] = dict(scaled, rope_theta=theta)
    # With a window of 1, transformers' cache keeps everything (`[-0:]`), unlike its own forward pass.
    window = chance.randint(2, 12)
    if kind != "qwen2":
        shape["head_dim"] = 2 * chance.randint(3, 12)
    if kind in ("llama", "qwen3", "gemma3_text"):
        shape["attention_bias"] = chance.random() < 0.5
    if kind == "llama":
        shape["mlp_bias"] = chance.random() < 0.5
    if kind == "mistral":
        shape["sliding_window"] = chance.choice([None, window])
    if kind.startswith("qwen"):
        shape |= dict(
            use_sliding_window=chance.random() < 0.5, sliding_window=window,
            max_window_layers=chance.randint(0, layers),
        )
    if kind == "gemma3_text":
        shape |= dict(
            sliding_window=window, query_pre_attn_scalar=chance.randint(1, 64),
            layer_types=[
                chance.choice(["sliding_attention", "full_attention"]) for _ in range(layers)
            ],
            rope_parameters={
                "full_attention": dict(
                    {"rope_type": "linear", "factor": 8.0}, rope_theta=theta
                ),
                "sliding_attention": {"rope_type": "default", "rope_theta": 100.0},
            },
        )
    return shape


def hold_out(folder, seed, count):
    kinds = ["llama", "mistral", "qwen2", "qwen3", "gemma3_text"]
    for number in range(count):
        chance = random.Random(f"{seed} {number}")
        kind = kinds[number % len(kinds)]
        shape = random_shape(kind, chance)
        write_model(folder / f"{number:03d}-{kind}", kind, shape, 10_000 * seed + number)


def check(checkpoint, folder):
    model = AutoModelForCausalLM.from_pretrained(
        checkpoint, dtype=torch.float32, attn_implementation="eager", local_files_only=True
    ).eval()
    # The gradient of a padding token is kept, as here.
    model.get_input_embeddings().padding_idx = None
    ends, model.generation_config.eos_token_id = model.generation_config.eos_token_id, None
    texts = generation(model, model.config.vocab_size)
    model.generation_config.eos_token_id = ends
    write_files(folder / checkpoint.name, model, texts, 1, trains=False)


if __name__ == "__main__":
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    if sys.argv[1:2] == ["--check"]:
        check(pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3]))
    elif len(sys.argv) > 1:
        assert sys.argv[1] == "--hold-out", __doc__
        numbers = [int(text) for text in sys.argv[3:]]
        hold_out(pathlib.Path(sys.argv[2]), *(numbers + [1, 20][len(numbers):]))
    else:
        for seed, (name, (kind, shape)) in enumerate(MODELS.items(), start=21):
            write_model(FOLDER / name, kind, shape, seed)
