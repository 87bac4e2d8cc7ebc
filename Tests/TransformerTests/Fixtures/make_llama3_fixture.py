"""Makes a tiny Llama with the scaled rotary positions of Llama 3.1, its logits, and the norms of the
inputs of its linear layers, which the Swift model is compared with.

    pip install torch transformers safetensors
    python make_llama3_fixture.py

Everything is computed on one thread of the CPU from a fixed seed; norms are summed in float64. What
each tensor means is written in README.md.
"""

import pathlib

import torch
from safetensors.torch import save_file
from transformers import LlamaConfig, LlamaForCausalLM

FOLDER = pathlib.Path(__file__).resolve().parent / "llama3"
# Longer than the original context, so that every branch of the scaling is seen.
LENGTHS = [24, 5, 17]


def main():
    torch.set_num_threads(1)
    torch.manual_seed(11)
    config = LlamaConfig(
        vocab_size=40, hidden_size=32, num_hidden_layers=2, num_attention_heads=2,
        num_key_value_heads=1, head_dim=16, intermediate_size=24, rms_norm_eps=1e-5,
        tie_word_embeddings=True, max_position_embeddings=64, bos_token_id=1, eos_token_id=2,
        pad_token_id=None, attention_bias=False, mlp_bias=False, hidden_act="silu",
        attn_implementation="eager",
        rope_parameters={
            "rope_type": "llama3", "rope_theta": 500.0, "factor": 4.0, "low_freq_factor": 1.0,
            "high_freq_factor": 4.0, "original_max_position_embeddings": 16,
        },
    )
    model = LlamaForCausalLM(config).float().eval()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if parameter.dim() == 1:
                parameter.normal_(1.0, 0.2)
            elif "embed_tokens" in name:
                parameter.normal_(0.0, 0.1)
            else:
                parameter.normal_(0.0, 1.6 / parameter.shape[1] ** 0.5)
    norms = {}

    def watch(name):
        def hook(module, inputs):
            columns = inputs[0][0].double().pow(2).sum(dim=0).sqrt()
            norms[name] = norms.get(name, 0) + columns

        return hook

    for name, module in model.named_modules():
        if isinstance(module, torch.nn.Linear) and "layers" in name:
            module.register_forward_pre_hook(watch(f"{name}.weight"))
    tokens = torch.randint(0, config.vocab_size, (sum(LENGTHS),))
    with torch.no_grad():
        logits = torch.cat(
            [model(input_ids=part[None], use_cache=False).logits[0] for part in tokens.split(LENGTHS)]
        )
    model.save_pretrained(FOLDER)
    expected = {"tokens": tokens.int(), "lengths": torch.tensor(LENGTHS).int(), "logits": logits}
    expected |= {f"norms/{name}": value.float() for name, value in norms.items()}
    save_file({name: value.contiguous() for name, value in expected.items()},
              FOLDER / "expected.safetensors")


if __name__ == "__main__":
    main()
