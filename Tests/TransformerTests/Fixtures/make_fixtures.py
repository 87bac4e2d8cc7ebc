"""Makes the PyTorch numbers that the Swift model and optimizer are compared with.

    pip install torch transformers safetensors
    python make_fixtures.py

Everything is computed in float32 on one thread of the CPU, from fixed seeds. What each tensor
means is written in README.md.
"""

import json
import pathlib

import torch
from safetensors.torch import save_file
from transformers import GenerationConfig, LlamaConfig, LlamaForCausalLM

FOLDER = pathlib.Path(__file__).resolve().parent
SEGMENT_LENGTHS = [11, 1, 7]
IGNORED = -1
STEPS = 10
LEARNING_RATE = 1e-2
DECAY = 0.1
CLIP = 1.0

MODELS = {
    "tied": dict(
        vocab_size=61, hidden_size=32, num_hidden_layers=3, num_attention_heads=4,
        num_key_value_heads=2, head_dim=8, intermediate_size=48, rope_theta=10000.0,
        rms_norm_eps=1e-5, tie_word_embeddings=True,
    ),
    "untied": dict(
        vocab_size=53, hidden_size=48, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=1, head_dim=16, intermediate_size=40, rope_theta=500000.0,
        rms_norm_eps=1e-6, tie_word_embeddings=False,
    ),
}


def make_model(shape, seed):
    torch.manual_seed(seed)
    config = LlamaConfig(
        **{key: value for key, value in shape.items() if key != "rope_theta"},
        rope_parameters={"rope_type": "default", "rope_theta": shape["rope_theta"]},
        max_position_embeddings=64, bos_token_id=1, eos_token_id=2,
        # No padding token: PyTorch drops the gradient of its embedding, and here it is a token like
        # any other.
        pad_token_id=None,
        attention_bias=False, mlp_bias=False, hidden_act="silu", attn_implementation="eager",
    )
    model = LlamaForCausalLM(config).float().eval()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            # Blocks large enough that attention is not uniform and that they outweigh the
            # embedding, which else would repeat tokens; norms away from one, so that forgetting
            # their weight is seen.
            if parameter.dim() == 1:
                parameter.normal_(1.0, 0.2)
            elif "embed_tokens" in name:
                parameter.normal_(0.0, 0.1)
            else:
                parameter.normal_(0.0, 1.6 / parameter.shape[1] ** 0.5)
    return model


def make_batch(vocabulary, seed):
    """Tokens of all segments end to end, and targets shifted inside each, some of them masked."""
    generator = torch.Generator().manual_seed(seed)
    total = sum(SEGMENT_LENGTHS)
    tokens = torch.randint(0, vocabulary, (total,), generator=generator)
    targets = torch.full((total,), IGNORED)
    start = 0
    for length in SEGMENT_LENGTHS:
        targets[start:start + length - 1] = tokens[start + 1:start + length]
        start += length
    targets[2:5] = IGNORED
    targets[14] = IGNORED
    return tokens, targets


def logits_of(model, tokens):
    """One call for each segment, so that nothing can pass from one to another."""
    parts = tokens.split(SEGMENT_LENGTHS)
    return torch.cat([model(input_ids=part[None], use_cache=False).logits[0] for part in parts])


def summed_loss(logits, targets):
    return torch.nn.functional.cross_entropy(
        logits, targets, ignore_index=IGNORED, reduction="sum"
    )


def train(model, tokens, targets):
    named = dict(model.named_parameters())
    optimizer = torch.optim.AdamW(
        [
            {"params": [p for p in named.values() if p.dim() == 2], "weight_decay": DECAY},
            {"params": [p for p in named.values() if p.dim() == 1], "weight_decay": 0.0},
        ],
        lr=LEARNING_RATE, betas=(0.9, 0.95), eps=1e-8,
    )
    count = int((targets != IGNORED).sum())
    losses, norms = [], []
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss = summed_loss(logits_of(model, tokens), targets) / count
        loss.backward()
        norms.append(float(torch.nn.utils.clip_grad_norm_(model.parameters(), CLIP)))
        losses.append(float(loss.detach()))
        optimizer.step()
    return losses, norms


def generation(model, vocabulary):
    prompts = [[1, 7, 19, 4, 33], [1], [1, 50, 12, 12, 9, 28, 41, 6, 22]]
    # No stop token: all twelve tokens are compared.
    settings = GenerationConfig(
        max_new_tokens=12, do_sample=False, use_cache=True, eos_token_id=None,
        bos_token_id=1, pad_token_id=3,
    )
    cases = []
    for prompt in prompts:
        assert max(prompt) < vocabulary
        tokens = torch.tensor([prompt])
        made = model.generate(
            tokens, generation_config=settings, attention_mask=torch.ones_like(tokens)
        )[0]
        with torch.no_grad():
            top = torch.topk(model(made[None]).logits[0, len(prompt) - 1:-1], 2).values
        # The distance from the best to the second logit at each choice: rounding must not decide.
        margin = float((top[:, 0] - top[:, 1]).min())
        assert margin > 1e-3, margin
        cases.append(
            {
                "prompt": prompt,
                "continuation": made[len(prompt):].tolist(),
                "smallest_margin": margin,
            }
        )
    return {"maximum_new_tokens": 12, "temperature": 0, "cases": cases}


def save(tensors, path):
    save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, path)
    path.chmod(0o644)


def make_model_fixture(name, shape, seed):
    folder = FOLDER / name
    model = make_model(shape, seed)
    tokens, targets = make_batch(shape["vocab_size"], seed + 100)
    model.save_pretrained(folder)
    (folder / "model.safetensors").chmod(0o644)
    (folder / "generation.json").write_text(
        json.dumps(generation(model, shape["vocab_size"]), indent=1) + "\n"
    )
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
    losses, norms = train(model, tokens, targets)
    expected["train.losses"] = torch.tensor(losses)
    expected["train.gradient_norms"] = torch.tensor(norms)
    for key, parameter in model.named_parameters():
        expected[f"final.{key}"] = parameter.detach().clone()
    save(expected, folder / "expected.safetensors")


def make_adamw_fixture():
    """AdamW alone: given gradients in, parameters out after each step."""
    torch.manual_seed(7)
    start = torch.randn(3, 5)
    gradients = torch.randn(STEPS, 3, 5) * torch.logspace(-6, 2, STEPS)[:, None, None]
    gradients[:, 0, 0] = 0
    expected = {"initial": start, "gradients": gradients}
    for name, decay in [("decay", DECAY), ("plain", 0.0)]:
        parameter = torch.nn.Parameter(start.clone())
        optimizer = torch.optim.AdamW(
            [parameter], lr=LEARNING_RATE, betas=(0.9, 0.95), eps=1e-8, weight_decay=decay
        )
        states = []
        for gradient in gradients:
            parameter.grad = gradient.clone()
            optimizer.step()
            states.append(parameter.detach().clone())
        expected[f"{name}.parameters"] = torch.stack(states)
        expected[f"{name}.first_moment"] = optimizer.state[parameter]["exp_avg"].clone()
        expected[f"{name}.second_moment"] = optimizer.state[parameter]["exp_avg_sq"].clone()
    save(expected, FOLDER / "adamw.safetensors")


if __name__ == "__main__":
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    for seed, (name, shape) in enumerate(MODELS.items(), start=1):
        make_model_fixture(name, shape, seed)
    make_adamw_fixture()
