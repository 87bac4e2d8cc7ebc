"""Makes tokenizers.json: tiny tokenizers of every form, and what Hugging Face's library does with them.

    pip install tokenizers
    python make_json_fixtures.py
"""

import json
import pathlib
import random

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

TEXTS = [
    "", " ", "  ", "\n\n", "Hello world", " Hello  world ", "don't I'LL we've it's 'S 'ſ", "Question: 12 + 345 = 357\n#### 357",
    "the cat\tand\r\n  the dog\n\n\n  end   ", "1234567 12,345.678 ①②Ⅻ २४ x²", "花子さんはりんごを15個持っています。", "রহিমের কাছে ২৪টি আম ছিল।",
    "Wie geht's? Größe, Übung: naïve café e\u0301 ﬁ Å Å", "👍🏽 👩‍👩‍👧‍👦 🇹🇿 \U0001F6DC", "\u00a0\u180e\u2003x\u3000\u2028y\x85z\ufeff",
    "\x00\x01\x7f\ufffd\U0010ffff\U000e0001", "<s>[INST] hi [/INST] </s>", "a<|im_start|>user\nhi<|im_end|>\n", "x <tool> y<tool>z  <tool>  ",
    "▁ ▁▁a a▁b", "Ġ<0x41>Ċ", "for (i = 0; i < 10; ++i) { print(i); }  // done", "ΟΔΟΣ ΣΊΣΥΦΟΣ İstanbul ẞ", "the word thes word, word_ word",
    "\U0001e4d0\U0001e030 \u1c89 \U0001ccf0 \U000323af", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "the the the the the the the the the the the the the the the the the the the the the the", "0a1b2c _x__y- ...!?«»„“", "ᄀᄁ 각 א ب ไทย",
]
CORPUS = [text for text in TEXTS[:14] for _ in range(4)] + ["the cat and the dog and the word"] * 8
GPT2 = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
BYTES = {**GPT2, "use_regex": False}
LLAMA3 = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
QWEN = LLAMA3.replace("{1,3}", "")
O200K = r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"


def split(pattern, behavior="Isolated", invert=False):
    kind = "Regex" if isinstance(pattern, str) else "String"
    return {"type": "Split", "pattern": {kind: pattern if kind == "Regex" else pattern[0]}, "behavior": behavior, "invert": invert}


def sequence(*parts):
    return {"type": "Sequence", "pretokenizers": list(parts)}


def template(*before, after=()):
    special = {t: {"id": t, "ids": [i], "tokens": [t]} for t, i in (*before, *after)}
    single = [{"SpecialToken": {"id": t, "type_id": 0}} for t, _ in before] + [{"Sequence": {"id": "A", "type_id": 0}}] + [{"SpecialToken": {"id": t, "type_id": 0}} for t, _ in after]
    return {"type": "TemplateProcessing", "single": single, "pair": single + [{"Sequence": {"id": "B", "type_id": 1}}], "special_tokens": special}


def byte_level(size, special):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.train_from_iterator(CORPUS, trainers.BpeTrainer(vocab_size=size, special_tokens=special, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False))
    return json.loads(tokenizer.to_str())


def characters(size, special, fallback=True):
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    extra = [f"<0x{b:02X}>" for b in range(256)] if fallback else []
    tokenizer.train_from_iterator(CORPUS[:24] + CORPUS[-8:], trainers.BpeTrainer(vocab_size=size, special_tokens=special + extra, show_progress=False))
    file = json.loads(tokenizer.to_str())
    file["added_tokens"] = [t for t in file["added_tokens"] if not t["content"].startswith("<0x")]
    file["model"].update(byte_fallback=fallback, fuse_unk=True)
    return file


def added(file, content, special, **flags):
    vocabulary = file["model"]["vocab"]
    number = vocabulary.get(content, 1 + max([*vocabulary.values(), *(t["id"] for t in file["added_tokens"])]))
    file["added_tokens"].append({"id": number, "content": content, "single_word": False, "lstrip": False, "rstrip": False, "normalized": not special, "special": special, **flags})


def forms():
    file = byte_level(300, ["<|endoftext|>"])
    file["model"]["merges"] = [" ".join(pair) for pair in file["model"]["merges"]]
    file["decoder"] = GPT2
    file["post_processor"] = GPT2
    yield "gpt2, merges as texts", file

    file = byte_level(310, ["<s>", "</s>"])
    file["pre_tokenizer"] = sequence(split(LLAMA3), BYTES)
    # A word that merges do not make: it is one token all the same.
    file["model"].update(ignore_merges=True)
    for word in ("Ġworld", "Question", "345"):
        file["model"]["vocab"].setdefault(word, len(file["model"]["vocab"]))
    file["post_processor"] = {"type": "Sequence", "processors": [GPT2, template(("<s>", 0))]}
    added(file, "<|im_start|>", True)
    added(file, "<|im_end|>", True)
    file["decoder"] = GPT2
    yield "llama3, ignore_merges", file

    file = byte_level(305, [])
    file["normalizer"] = {"type": "NFC"}
    file["pre_tokenizer"] = sequence(split(QWEN), {**BYTES, "trim_offsets": False})
    for name in ("<|endoftext|>", "<|im_start|>", "<|im_end|>"):
        added(file, name, True)
    added(file, "<tool>", False, normalized=False)
    file["decoder"] = GPT2
    yield "qwen", file

    file = byte_level(305, ["<|endoftext|>", "<|im_start|>", "<|im_end|>"])
    file["pre_tokenizer"] = sequence({"type": "Digits", "individual_digits": True}, {**GPT2, "add_prefix_space": True})
    added(file, "<tool>", False, lstrip=True, rstrip=True)
    file["post_processor"] = template()
    file["decoder"] = {"type": "Sequence", "decoders": [GPT2]}
    yield "smollm2 with a prefix space", file

    file = byte_level(300, [])
    file["pre_tokenizer"] = sequence(split(["\n"], "MergedWithPrevious"), split(O200K), split(r"[\u4E00-\u9FA5\u3040-\u309f]+|\w\b"), {"type": "Digits", "individual_digits": False}, BYTES)
    file["decoder"] = GPT2
    file["post_processor"] = None
    yield "o200k, several splits", file

    llama = {"type": "Sequence", "normalizers": [{"type": "Prepend", "prepend": "▁"}, {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}]}
    fallback = [{"type": "Replace", "pattern": {"String": "▁"}, "content": " "}, {"type": "ByteFallback"}, {"type": "Fuse"}]
    strip = {"type": "Strip", "content": " ", "start": 1, "stop": 0}
    file = characters(420, ["<unk>", "<s>", "</s>"])
    file.update(normalizer=llama, pre_tokenizer=None, post_processor=template(("<s>", 1)), decoder={"type": "Sequence", "decoders": [*fallback, strip]})
    yield "llama2", file

    file = characters(420, ["<unk>", "<s>", "</s>"])
    file.update(normalizer=None, pre_tokenizer={"type": "Metaspace", "replacement": "▁", "prepend_scheme": "first", "split": False}, post_processor=template(("<s>", 1), after=(("</s>", 2),)), decoder={"type": "Sequence", "decoders": [*fallback, strip]})
    added(file, "[INST]", False)
    added(file, "[/INST]", False)
    yield "metaspace first, no split", file

    file = characters(300, ["<unk>", "<s>", "</s>"], fallback=False)
    file["model"]["fuse_unk"] = False
    file.update(normalizer=None, pre_tokenizer={"type": "Metaspace", "replacement": "▁", "add_prefix_space": True}, post_processor=None, decoder={"type": "Metaspace", "replacement": "▁", "add_prefix_space": True})
    yield "metaspace as it was", file

    file = characters(400, ["<pad>", "<eos>", "<bos>", "<unk>"])
    file.update(normalizer={"type": "Replace", "pattern": {"String": " "}, "content": "▁"}, pre_tokenizer=split([" "], "MergedWithPrevious"), post_processor=template(("<bos>", 2)), decoder={"type": "Sequence", "decoders": fallback})
    added(file, "\n\n", False, normalized=False)
    added(file, "▁▁", False, normalized=False)
    yield "gemma", file

    file = characters(300, ["<unk>"], fallback=False)
    file.update(
        normalizer={"type": "Sequence", "normalizers": [{"type": "NFKD"}, {"type": "StripAccents"}, {"type": "Lowercase"}, {"type": "Strip", "strip_left": True, "strip_right": True}, {"type": "Replace", "pattern": {"Regex": "[0-9]+(?=[0-9])"}, "content": "<>"}]},
        pre_tokenizer=sequence({"type": "WhitespaceSplit"}, {"type": "Punctuation", "behavior": "Contiguous"}, split("[aeiou]", "MergedWithNext"), split("[^x]+", "Contiguous", invert=True)),
        post_processor=None,
        decoder={"type": "Sequence", "decoders": [{"type": "Replace", "pattern": {"Regex": "[aeiou]"}, "content": "*"}, {"type": "Fuse"}]},
    )
    added(file, "word", False, single_word=True)
    added(file, "The", False, normalized=True)
    yield "all sorts of normalizers and splits", file

    file = characters(300, ["<unk>"], fallback=False)
    file.update(normalizer={"type": "NFKC"}, pre_tokenizer=sequence({"type": "Whitespace"}, split(["t"], "Removed")), post_processor=None, decoder={"type": "Metaspace", "replacement": "▁", "prepend_scheme": "never"})
    file["model"]["unk_token"] = None
    yield "words, unknown characters dropped", file


result = []
for name, file in forms():
    library = Tokenizer.from_str(json.dumps(file))
    random.seed(1)
    runs = [[random.randrange(library.get_vocab_size()) for _ in range(12)] for _ in range(8)]
    result.append({
        "name": name,
        "file": json.dumps(file, ensure_ascii=False, separators=(",", ":")),
        "ids": [library.encode(t, add_special_tokens=False).ids for t in TEXTS],
        "special": [library.encode(t).ids for t in TEXTS],
        "decoded": [library.decode(library.encode(t, add_special_tokens=False).ids) for t in TEXTS],
        # Byte fallback makes U+FFFD of whole runs where we, as SentencePiece, keep what is whole.
        "runs": [] if "ByteFallback" in json.dumps(file) else [{"ids": r, "decoded": library.decode(r)} for r in runs],
    })
    library.encode_special_tokens = True
    result[-1]["plain"] = [library.encode(t, add_special_tokens=False).ids for t in TEXTS]
path = pathlib.Path(__file__).resolve().parent / "tokenizers.json"
path.write_text(json.dumps({"texts": TEXTS, "forms": result}, ensure_ascii=True, separators=(",", ":")) + "\n")
print(len(result), "forms,", path.stat().st_size, "bytes")
