"""Makes multilingual.model and expected.json with the Python package of SentencePiece.

    pip install sentencepiece
    python make_fixtures.py

The model is small on purpose: characters outside it go through byte fallback. expected.json holds
what the library itself encodes and decodes, which the Swift tests compare with.
"""

import io
import json
import pathlib

import sentencepiece

folder = pathlib.Path(__file__).resolve().parent
texts = {
    "English": "Amani had 12 apples and gave 5 to Zuri.\nHow many are left?",
    "Swahili": "Mwalimu alinunua vitabu 24 na kuwapa wanafunzi 8. Kila mmoja alipata vingapi?",
    "Japanese": "花子さんはりんごを15個持っています。太郎さんに7個あげると、残りは何個ですか？",
    "Bengali": "রহিমের কাছে ২৪টি আম ছিল। সে ৯টি আম বিক্রি করল। এখন তার কাছে কত আম আছে?",
    "Telugu": "రాము దగ్గర 36 పుస్తకాలు ఉన్నాయి. అతను 9 ఇచ్చాడు. ఇంకా ఎన్ని మిగిలాయి?",
    "emoji": "Good 👍🏽 morning 👩‍👩‍👧‍👦 and 🇹🇿!",
    "spaces": "  two  spaces \t tab\r\nline\n\n end  ",
    "unseen": "Ωμέγα Ж 漢 \u0000 e\u0301 é ﬁ １２",
    "symbols": "<|user|>12 + 3<|assistant|>15 </s>",
    "empty": "",
}

model = io.BytesIO()
sentencepiece.SentencePieceTrainer.train(
    sentence_iterator=iter([texts[name] for name in list(texts)[:5]] * 4),
    model_writer=model,
    vocab_size=520,
    model_type="unigram",
    hard_vocab_limit=False,
    character_coverage=0.98,
    split_digits=True,
    byte_fallback=True,
    user_defined_symbols=["\n", "<|user|>", "<|assistant|>"],
    normalization_rule_name="identity",
    remove_extra_whitespaces=False,
    unk_id=0,
    bos_id=1,
    eos_id=2,
    pad_id=3,
    num_threads=1,
    minloglevel=2,
)
(folder / "multilingual.model").write_bytes(model.getvalue())
processor = sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())


def byte(value):
    return processor.piece_to_id(f"<0x{value:02X}>")


word = processor.encode("Amani", out_type=int)
# Token runs that no encoding gives: broken bytes, leading spaces, control and unknown pieces.
runs = {
    "a character cut by a piece": [byte(0xE3), byte(0x81), *word, byte(0x82)],
    "bytes that begin nothing": [byte(0x80), byte(0xFF), byte(0xC0), byte(0x41)],
    "an overlong form": [byte(0xE0), byte(0x80), byte(0x80)],
    "a surrogate": [byte(0xED), byte(0xA0), byte(0x80)],
    "above the last scalar": [byte(0xF4), byte(0x90), byte(0x80), byte(0x80)],
    "a cut character at the end": [*word, byte(0xF0), byte(0x9F), byte(0x91)],
    "a cut character, then a whole one": [byte(0xF0), byte(0x9F), byte(0xC3), byte(0xA9)],
    "control pieces around": [1, *word, 2, 3, *word],
    "a control piece inside a character": [byte(0xC3), 2, byte(0xA9)],
    "an unknown piece": [*word, 0, *word],
    "a byte, then a leading space": [byte(0x41), *word],
    "spaces alone": [processor.piece_to_id("▁")] * 3,
}
expected = {
    "vocabulary_size": processor.get_piece_size(),
    "texts": [
        {
            "name": name,
            "text": text,
            "tokens": processor.encode(text, out_type=int),
            "pieces": processor.encode(text, out_type=str),
            "decoded": processor.decode(processor.encode(text, out_type=int)),
        }
        for name, text in texts.items()
    ],
    "runs": [
        {"name": name, "tokens": tokens, "decoded": processor.decode(tokens)}
        for name, tokens in runs.items()
    ],
}
(folder / "expected.json").write_text(json.dumps(expected, ensure_ascii=False, indent=1) + "\n")
