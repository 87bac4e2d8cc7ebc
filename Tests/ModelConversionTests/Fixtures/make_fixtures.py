"""Make the fixtures of GGUF with the gguf package 0.19.

    python3 -m venv peer && peer/bin/pip install gguf safetensors numpy
    peer/bin/python make_fixtures.py

types.gguf has a tensor of each type, with keys of each kind; types.safetensors has the numbers that the
package reads from it. llama.gguf is a model of two layers as llama.cpp's script writes it, with the numbers
of llama.safetensors under the names of Hugging Face.
"""
import pathlib

import gguf
import numpy
from gguf import GGMLQuantizationType as Type
from safetensors.numpy import save_file

HERE = pathlib.Path(__file__).parent
chance = numpy.random.default_rng(20)


def blocks(kind, rows, length):
    """Stored bytes: quantized by the package where it can, or any bytes with finite scales."""
    size, width = gguf.GGML_QUANT_SIZES[kind]
    try:
        return gguf.quants.quantize(chance.normal(0, 1, (rows, length)).astype(numpy.float32), kind)
    except NotImplementedError:
        stored = chance.integers(0, 256, (rows * length // size, width), dtype=numpy.uint8)
        # Q6_K ends with its scale, the others begin with two.
        for place in [208] if kind == Type.Q6_K else [0, 2]:
            scales = chance.normal(0, 0.1, len(stored)).astype(numpy.float16)
            stored[:, place:place + 2] = scales.view(numpy.uint8).reshape(-1, 2)
        return stored.reshape(rows, -1)


def make_types():
    writer = gguf.GGUFWriter(HERE / "types.gguf", "none")
    writer.add_key_value("kinds.uint8", 200, gguf.GGUFValueType.UINT8)
    writer.add_key_value("kinds.int8", -100, gguf.GGUFValueType.INT8)
    writer.add_key_value("kinds.uint16", 60000, gguf.GGUFValueType.UINT16)
    writer.add_key_value("kinds.int16", -30000, gguf.GGUFValueType.INT16)
    writer.add_key_value("kinds.uint32", 4000000000, gguf.GGUFValueType.UINT32)
    writer.add_key_value("kinds.int32", -2000000000, gguf.GGUFValueType.INT32)
    writer.add_key_value("kinds.float32", 1e-5, gguf.GGUFValueType.FLOAT32)
    writer.add_key_value("kinds.bool", True, gguf.GGUFValueType.BOOL)
    writer.add_key_value("kinds.string", "Zürich", gguf.GGUFValueType.STRING)
    writer.add_key_value("kinds.uint64", 2**63 + 1, gguf.GGUFValueType.UINT64)
    writer.add_key_value("kinds.int64", -2**62, gguf.GGUFValueType.INT64)
    writer.add_key_value("kinds.float64", 0.1, gguf.GGUFValueType.FLOAT64)
    writer.add_array("kinds.texts", ["a", "", "ß"])
    writer.add_array("kinds.numbers", [3, -1, 7])
    writer.add_array("kinds.lists", [[1, 2], [3]])
    numbers = {}
    for kind in [Type.F32, Type.F16, Type.BF16, Type.Q8_0, Type.Q4_0, Type.Q4_1, Type.Q5_0, Type.Q5_1,
                 Type.Q4_K, Type.Q5_K, Type.Q6_K]:
        stored = blocks(kind, 2, 512)
        writer.add_tensor(kind.name, stored, raw_dtype=kind)
        numbers[kind.name] = gguf.quants.dequantize(stored, kind).reshape(2, 512)
    finish(writer)
    # What the package makes of these numbers in Q8_0: exact halves and zeros among them.
    source = numpy.concatenate([chance.normal(0, 1, (2, 480)), numpy.arange(-16, 16).reshape(1, -1) * 7.9375
                                * numpy.ones((2, 1))], axis=1).astype(numpy.float32)
    source[1, :32] = 0
    numbers["q8_0 source"] = source
    numbers["q8_0 bytes"] = gguf.quants.quantize(source, Type.Q8_0)
    save_file(numbers, HERE / "types.safetensors")


def side_by_side(weights, heads):
    """Rows of queries and keys as llama.cpp's script orders them."""
    return (weights.reshape(heads, 2, weights.shape[0] // heads // 2, *weights.shape[1:])
            .swapaxes(1, 2).reshape(weights.shape))


def make_llama():
    width, hidden, heads, shared, layers = 32, 32, 4, 2, 2
    texts = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", "<tool>"] + [chr(c) for c in range(33, 127)]
    texts += ["Ġ", "Ċ", "an", "Ġa", "Ġan"]
    writer = gguf.GGUFWriter(HERE / "llama.gguf", "llama")
    writer.add_name("Tiny")
    writer.add_block_count(layers)
    writer.add_context_length(128)
    writer.add_embedding_length(width)
    writer.add_feed_forward_length(hidden)
    writer.add_head_count(heads)
    writer.add_head_count_kv(shared)
    writer.add_rope_freq_base(50000.0)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(width // heads)
    writer.add_vocab_size(len(texts))
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("smollm")
    writer.add_token_list(texts)
    writer.add_token_types([3, 3, 3, 4] + [1] * (len(texts) - 4))
    writer.add_token_merges(["a n", "Ġ a", "Ġ an"])
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_add_bos_token(False)
    writer.add_chat_template("{{ messages }}")
    numbers = {}

    def add(file, hub, shape, order=None):
        weights = chance.normal(0, 0.5, shape).astype(numpy.float32)
        numbers[hub] = weights
        stored = side_by_side(weights, order) if order else weights
        if len(shape) > 1 and "down" in file:
            stored = gguf.quants.quantize(stored, Type.Q8_0)
            numbers[hub] = gguf.quants.dequantize(stored, Type.Q8_0)
            writer.add_tensor(file, stored, raw_dtype=Type.Q8_0)
        else:
            writer.add_tensor(file, stored)

    add("token_embd.weight", "model.embed_tokens.weight", (len(texts), width))
    for layer in range(layers):
        for file, hub, shape, order in [
            ("attn_norm", "input_layernorm", (width,), None), ("attn_q", "self_attn.q_proj", (width, width), heads),
            ("attn_k", "self_attn.k_proj", (width // 2, width), shared),
            ("attn_v", "self_attn.v_proj", (width // 2, width), None),
            ("attn_output", "self_attn.o_proj", (width, width), None),
            ("ffn_norm", "post_attention_layernorm", (width,), None), ("ffn_gate", "mlp.gate_proj", (hidden, width), None),
            ("ffn_up", "mlp.up_proj", (hidden, width), None), ("ffn_down", "mlp.down_proj", (width, hidden), None),
        ]:
            add(f"blk.{layer}.{file}.weight", f"model.layers.{layer}.{hub}.weight", shape, order)
    add("output_norm.weight", "model.norm.weight", (width,))
    finish(writer)
    save_file(numbers, HERE / "llama.safetensors")


def finish(writer):
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


make_types()
make_llama()
