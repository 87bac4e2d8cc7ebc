"""Compare converted models with llama.cpp, with the gguf package and with transformers.

    python3 -m venv peer
    peer/bin/pip install torch transformers tokenizers sentencepiece gguf safetensors llama-cpp-python
    peer/bin/python check_gguf.py .build/release/layerswap [MODEL FOLDER ...]

Without folders it makes tiny random models of each family with tokenizers of each form, and converts
each to every type and back. It says what differs and ends with 1 if anything does.
"""
import gc
import pathlib
import subprocess
import sys
import tempfile

import gguf
import numpy
import sentencepiece
import torch
import transformers
from llama_cpp import Llama
from safetensors.torch import load_file
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

PROGRAM = sys.argv[1]
TEXTS = [
    "The capital of France is Paris.", "12 345 apples, and 7 more: 1999!", "def f(x):\n    return x**2\n",
    "Wie viele Äpfel hat Peter?  Zwei…", "naïve café — «ça va»", "   three spaces\t\ttabs\r\n\r\nend ",
    "I'll don't WE'RE 'tis", "数学は楽しい。", "😀 👍🏽", "a", "",
]
CORPUS = TEXTS * 8 + [f"Anna has {n} apples and buys {n + 3} more. How many? {2 * n + 3}" for n in range(300)]
LLAMA3 = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*"
          r"|\s*[\r\n]+|\s+(?!\S)|\s+")
QWEN2 = LLAMA3.replace("{1,3}", "")
# The largest difference of logits, as a share of the largest logit, that a type may make in a random model,
# which is worse than a trained one: llama.cpp keeps keys and values in half precision, multiplies bfloat16 by
# bfloat16, and rounds activations to eight bits beside Q8_0. A wrong order of rows makes about 1.
TOLERANCE = {"f32": 5e-3, "f16": 1e-2, "bf16": 6e-2, "q8_0": 2e-1}
problems = []


def check(ok, words):
    if not ok:
        problems.append(words)
        print("  DIFFERS:", words)


def byte_level(folder, steps, composed=False, ignores=False, begins=False):
    """A byte-level BPE with the pre-tokenizer of a published model."""
    tokenizer = Tokenizer(models.BPE(ignore_merges=ignores))
    if composed:
        tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = steps[0] if len(steps) == 1 else pre_tokenizers.Sequence(steps)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.train_from_iterator(CORPUS, trainers.BpeTrainer(
        vocab_size=500, special_tokens=["<|endoftext|>", "<|im_start|>", "<|im_end|>"], show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
    if begins:
        from tokenizers.processors import TemplateProcessing
        tokenizer.post_processor = TemplateProcessing(
            single="<|im_start|> $A", special_tokens=[("<|im_start|>", 1)])
    transformers.PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, bos_token="<|im_start|>", eos_token="<|im_end|>",
        pad_token="<|endoftext|>").save_pretrained(folder)
    return tokenizer.get_vocab_size()


def pieces(folder, kind):
    """A SentencePiece model."""
    text = pathlib.Path(folder, "corpus.txt")
    text.write_text("\n".join(line.replace("\n", " ") for line in CORPUS))
    sentencepiece.SentencePieceTrainer.train(
        input=str(text), model_prefix=str(pathlib.Path(folder, "tokenizer")), vocab_size=420 if kind == "unigram" else 480,
        model_type=kind, byte_fallback=True, character_coverage=0.99, normalization_rule_name="identity",
        remove_extra_whitespaces=False, split_digits=True, minloglevel=2, user_defined_symbols=["<|user|>"],
        hard_vocab_limit=False)
    text.unlink()
    pathlib.Path(folder, "tokenizer.vocab").unlink()
    return sentencepiece.SentencePieceProcessor(model_file=str(pathlib.Path(folder, "tokenizer.model"))).vocab_size()


def pieces_as_json(folder):
    """The same as a tokenizer.json, as many folders have it."""
    size = pieces(folder, "bpe")
    transformers.LlamaTokenizer.from_pretrained(folder).save_pretrained(folder)
    pathlib.Path(folder, "tokenizer.model").unlink()
    return size


def make(place):
    """Tiny random models; each family and each form of a tokenizer at least once."""
    common = dict(hidden_size=64, intermediate_size=96, num_hidden_layers=2, num_attention_heads=4,
                  num_key_value_heads=2, max_position_embeddings=256, initializer_range=0.2,
                  bos_token_id=1, eos_token_id=2)
    bytes_of = lambda splits: pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=splits)
    split = lambda regex: pre_tokenizers.Split(Regex(regex), "isolated")
    llama, qwen2, qwen3 = transformers.LlamaConfig, transformers.Qwen2Config, transformers.Qwen3Config
    scaled = {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
              "original_max_position_embeddings": 64, "rope_theta": 10000.0}
    linear = {"rope_type": "linear", "factor": 2.0, "rope_theta": 10000.0}
    forms = {
        "smollm-tied": (llama, dict(tie_word_embeddings=True),
                        lambda f: byte_level(f, [pre_tokenizers.Digits(individual_digits=True), bytes_of(True)])),
        "gpt2-biases": (llama, dict(attention_bias=True, mlp_bias=True), lambda f: byte_level(f, [bytes_of(True)])),
        "llama3": (llama, dict(rope_parameters=scaled, head_dim=16),
                   lambda f: byte_level(f, [split(LLAMA3), bytes_of(False)], ignores=True, begins=True)),
        "wide-heads": (transformers.MistralConfig, dict(head_dim=32, sliding_window=None), lambda f: pieces(f, "bpe")),
        "pieces-json": (llama, {}, pieces_as_json),
        "unigram": (llama, dict(rope_parameters=linear), lambda f: pieces(f, "unigram")),
        "qwen2": (qwen2, {}, lambda f: byte_level(f, [split(QWEN2), bytes_of(False)], composed=True)),
        "qwen3": (qwen3, dict(head_dim=128, tie_word_embeddings=True),
                  lambda f: byte_level(f, [split(QWEN2), bytes_of(False)], composed=True)),
    }
    for seed, (name, (config, settings, tokenizer)) in enumerate(forms.items()):
        folder = pathlib.Path(place, name)
        folder.mkdir()
        size = tokenizer(folder)
        torch.manual_seed(seed)
        model = transformers.AutoModelForCausalLM.from_config(config(**common, vocab_size=size + 4, **settings))
        for key, parameter in model.named_parameters():
            if "norm" in key or "bias" in key:
                torch.nn.init.normal_(parameter, 1.0 if "norm" in key else 0.0, 0.3)
        model.save_pretrained(folder)
        yield folder


def convert(*words):
    done = subprocess.run([PROGRAM, "convert", *map(str, words), "--quiet"], capture_output=True, text=True)
    check(done.returncode == 0, f"convert {' '.join(map(str, words))}: {done.stderr.strip()}")
    return done.returncode == 0


def encoder(folder):
    """Token ids of a folder: SentencePiece itself where it has a model, tokenizers otherwise."""
    model = folder / "tokenizer.model"
    if model.exists():
        processor = sentencepiece.SentencePieceProcessor(model_file=str(model))
        return lambda text: processor.encode(text)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    return lambda text: tokenizer.encode(text, add_special_tokens=False).ids


def greedy(step, prompt, count=24):
    tokens = list(prompt)
    for _ in range(count):
        tokens.append(int(numpy.argmax(step(tokens))))
    return tokens


def compare(folder, place):
    print(folder.name)
    reference = transformers.AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    encode = encoder(folder)
    # What transformers makes of a model puts no space before a text that begins with one; SentencePiece and
    # llama.cpp do.
    spaced = [t for t in TEXTS if not t.startswith(" ")]
    texts = spaced if folder.name == "pieces-json" else TEXTS
    prompt = encode(TEXTS[0])[:24] or [1]

    def logits(tokens):
        with torch.no_grad():
            return reference(torch.tensor([tokens])).logits[0].numpy()

    expected = logits(prompt)
    scale = float(numpy.abs(expected).max())
    for kind in TOLERANCE:
        file = pathlib.Path(place, f"{folder.name}-{kind}.gguf")
        if not convert(folder, file, "--type", kind):
            continue
        reader = gguf.GGUFReader(file)
        values = {t.name: gguf.quants.dequantize(t.data, t.tensor_type) for t in reader.tensors}
        check(all(numpy.isfinite(v).all() for v in values.values()), f"{file.name}: not finite")
        model = Llama(str(file), n_ctx=256, n_threads=2, logits_all=True, verbose=False)
        for text in texts[:-1]:
            own, theirs = encode(text), model.tokenize(text.encode(), add_bos=False, special=True)
            # llama.cpp has no byte pieces beside a unigram model.
            if own != theirs and not (folder.name == "unigram" and 0 in theirs):
                check(False, f"{file.name}: tokens of {text!r}: {own} and {theirs}")
        model.eval(prompt)
        found = numpy.array(model.scores[:len(prompt)])
        difference = float(numpy.abs(found - expected).max()) / scale

        def step(tokens):
            model.reset()
            model.eval(tokens)
            return model.scores[len(tokens) - 1]

        same = greedy(step, prompt) == greedy(lambda tokens: logits(tokens)[-1], prompt)
        print(f"  {kind}: llama.cpp differs by {difference:.1e} of the largest logit, greedy text "
              f"{'the same' if same else 'another'}")
        check(difference < TOLERANCE[kind], f"{file.name}: logits differ by {difference}")
        # Random models are near ties; below F32 these may go another way.
        check(same or kind != "f32" and not sys.argv[2:] or kind in ("bf16", "q8_0"), f"{file.name}: greedy text")
        del model
        gc.collect()
        if kind in ("f32", "q8_0"):
            read = transformers.AutoModelForCausalLM.from_pretrained(
                place, gguf_file=file.name, dtype=torch.float32).eval()
            with torch.no_grad():
                theirs = read(torch.tensor([prompt])).logits[0].numpy()
            difference = float(numpy.abs(theirs - expected).max()) / scale
            print(f"  {kind}: transformers differs by {difference:.1e}")
            # Its reader knows no scaled frequencies, and no biases of llama.
            known = folder.name not in ("llama3", "unigram", "gpt2-biases")
            check(not known or difference < TOLERANCE[kind], f"{file.name}: transformers reads other logits")
        back = pathlib.Path(place, f"{folder.name}-{kind}-back")
        if not convert(file, back, "--type", "f32"):
            continue
        again = transformers.AutoModelForCausalLM.from_pretrained(back, dtype=torch.float32).eval()
        with torch.no_grad():
            theirs = again(torch.tensor([prompt])).logits[0].numpy()
        check(float(numpy.abs(theirs - expected).max()) / scale < TOLERANCE[kind], f"{back.name}: logits")
        if kind == "f32":
            first, second = load_all(folder), load_file(back / "model.safetensors")
            check(first.keys() == second.keys(), f"{back.name}: names {first.keys() ^ second.keys()}")
            check(all(torch.equal(first[k].float(), second[k]) for k in first), f"{back.name}: tensors")
        other = encoder(back)
        check(all(encode(t) == other(t) for t in texts), f"{back.name}: tokens")
        # Its class for SentencePiece models merges, whatever kind the model is of.
        if folder.name != "unigram":
            loaded = transformers.AutoTokenizer.from_pretrained(back)
            check(all(loaded.encode(t, add_special_tokens=False) == encode(t) for t in (spaced if (back / "tokenizer.model").exists() else texts)),
                  f"{back.name}: tokens of AutoTokenizer")


def load_all(folder):
    tensors = {}
    for file in folder.glob("*.safetensors"):
        tensors |= load_file(file)
    return tensors


with tempfile.TemporaryDirectory() as place:
    for folder in map(pathlib.Path, sys.argv[2:]) if sys.argv[2:] else make(place):
        compare(folder, place)
print("all the same" if not problems else f"{len(problems)} differences")
sys.exit(bool(problems))
