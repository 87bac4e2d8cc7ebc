"""Compares the tokens of this project with those of Hugging Face's tokenizers, and the speed of both.

    pip install tokenizers
    python compare_tokenizers.py prepare WORK MODEL_FOLDER TEXT_FILE...
    LAYERSWAP_COMPARE_TOKENIZERS=WORK swift test -c release --filter TokenizerComparisonTests
    python compare_tokenizers.py compare WORK

`prepare` writes WORK/texts.json: 1,500 lines of each file (.gz too), also of those in folders; code;
and strings made by chance: mixtures of scripts, emoji, digits, runs of spaces, control characters,
special tokens, and broken UTF-8 with U+FFFD in its place. `compare` says how many of them have the
same identifiers, with and without special tokens, and the same text again. The library has one thread.
"""

import gzip
import json
import os
import pathlib
import random
import sys
import time

os.environ["RAYON_NUM_THREADS"] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false"
import tokenizers

RANGES = [
    (0x20, 0x7E), (0x20, 0x7E), (0x30, 0x39), (0x00, 0x1F), (0x7F, 0xFF), (0x100, 0x24F),
    (0x300, 0x36F), (0x370, 0x3FF), (0x400, 0x52F), (0x590, 0x6FF), (0x900, 0x97F), (0x980, 0x9FF),
    (0xC00, 0xC7F), (0xE00, 0xE7F), (0x1100, 0x11FF), (0x1680, 0x180E), (0x1E00, 0x1FFF),
    (0x2000, 0x206F), (0x2070, 0x20CF), (0x2150, 0x218F), (0x2190, 0x23FF), (0x2460, 0x24FF),
    (0x3000, 0x30FF), (0x4E00, 0x9FFF), (0xAC00, 0xD7A3), (0xE000, 0xE0FF), (0xFB00, 0xFB4F),
    (0xFE00, 0xFEFF), (0xFF00, 0xFFEF), (0x10000, 0x107FF), (0x1D400, 0x1D7FF), (0x1F000, 0x1FAFF),
    (0x20000, 0x2A6DF), (0xE0000, 0xE01EF), (0x10FF00, 0x10FFFF),
]
SPACES = [" ", "  ", "   ", "\t", "\n", "\r\n", "\n\n", "\u00a0", "\u180e", "\u2003", "\u2028", "\u3000", "\x85"]
WORDS = ["don't", "I'LL", "we've", "'s", "'S", "it's", "\u2581", "\u2581\u2581a", "Ġ", "3.14159", "1234567890", "12 345", "①②", "Ⅻ", "२४", "ſ", "K", "e\u0301", "ﬁ", "👍🏽", "👩‍👩‍👧‍👦", "🇹🇿", "</s>", "<0x41>", "\ufeff"]


def lines(path):
    path = pathlib.Path(path)
    if path.is_dir():
        for file in sorted(path.rglob("*")):
            if file.is_file():
                yield from lines(file)
        return
    opened = gzip.open(path, "rb") if path.suffix == ".gz" else open(path, "rb")
    for line in opened.read().decode("utf-8", errors="replace").split("\n")[:1_500]:
        try:
            row = json.loads(line)
            yield from (v for v in row.values() if isinstance(v, str))
        except (ValueError, AttributeError):
            yield line


def by_chance(random, special):
    """One string of several kinds of parts."""
    parts = []
    for _ in range(random.randint(1, 12)):
        kind = random.randint(0, 6)
        if kind == 0:
            parts.append(random.choice(SPACES) * random.randint(1, 4))
        elif kind == 1:
            parts.append(random.choice(WORDS))
        elif kind == 2:
            parts.append("".join(random.choice("0123456789") for _ in range(random.randint(1, 9))))
        elif kind == 3 and special:
            parts.append(random.choice(special))
        elif kind == 4:
            raw = bytes(random.randint(0, 255) for _ in range(random.randint(1, 12)))
            parts.append(raw.decode("utf-8", errors="replace"))
        elif kind == 5:
            parts.append("".join(chr(random.randint(0xD800, 0xDFFF)) for _ in range(2)).encode("utf-16", "surrogatepass").decode("utf-16", "replace"))
        else:
            low, high = random.choice(RANGES)
            parts.append("".join(chr(random.randint(low, high)) for _ in range(random.randint(1, 8))))
    return "".join(parts)


def prepare(work, model, files):
    work = pathlib.Path(work)
    work.mkdir(parents=True, exist_ok=True)
    library = tokenizers.Tokenizer.from_file(f"{model}/tokenizer.json")
    special = [t.content for t in library.get_added_tokens_decoder().values()]
    texts = [line for file in files for line in lines(file)]
    texts += [pathlib.Path(__file__).read_text(), pathlib.Path(json.__file__).read_text()]
    texts += pathlib.Path(json.decoder.__file__).read_text().split("\n")
    generator = random.Random(20)
    texts += [by_chance(generator, special) for _ in range(20_000)]
    texts += [" " * n + "x" for n in range(80)] + ["a" * n for n in (100, 1_000, 100_000)]
    texts += ["\n" * 3_000, " " * 100_000, "ab " * 20_000]
    texts += [f"x{chr(c)}1" for c in range(0x110000) if c % 7 == 0 and not 0xD800 <= c < 0xE000][:30_000]
    (work / "model.txt").write_text(str(model))
    (work / "texts.json").write_text(json.dumps(texts, ensure_ascii=True))
    print(f"{len(texts)} texts, {sum(len(t.encode()) for t in texts)} bytes")


def compare(work):
    work = pathlib.Path(work)
    texts = json.loads((work / "texts.json").read_text())
    ours = json.loads((work / "ours.json").read_text())
    begin = time.perf_counter()
    library = tokenizers.Tokenizer.from_file(f"{(work / 'model.txt').read_text()}/tokenizer.json")
    load = time.perf_counter() - begin
    library.no_truncation()
    begin = time.perf_counter()
    theirs = [library.encode(text, add_special_tokens=False).ids for text in texts]
    seconds = time.perf_counter() - begin
    special = [library.encode(text).ids for text in texts]
    decoded = library.decode_batch(theirs, skip_special_tokens=True)
    for name, own, other in [
        ("identifiers", ours["tokens"], theirs),
        ("identifiers with special tokens", ours["withSpecial"], special),
        ("text again", ours["decoded"], decoded),
    ]:
        wrong = [i for i, (a, b) in enumerate(zip(own, other)) if a != b]
        print(f"{name}: {len(texts) - len(wrong)} of {len(texts)} the same")
        for i in wrong[:5]:
            print("   ", ascii(texts[i][:60]), ascii(str(own[i])[:80]), ascii(str(other[i])[:80]))
    size = sum(len(t.encode()) for t in texts) / 1e6
    print(f"load: {ours['loadSeconds']:.3f} s, library {load:.3f} s")
    print(
        f"encode: {size / ours['seconds']:.2f} MB/s, library {size / seconds:.2f} MB/s, "
        f"{seconds / ours['seconds']:.2f} times as fast"
    )


if sys.argv[1] == "prepare":
    prepare(sys.argv[2], sys.argv[3], sys.argv[4:])
else:
    compare(sys.argv[2])
