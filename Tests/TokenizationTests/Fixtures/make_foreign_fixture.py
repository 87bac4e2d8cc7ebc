"""Makes foreign.model: a SentencePiece model that knows nothing of this project.

    pip install sentencepiece
    python make_foreign_fixture.py

It has neither a beginning nor an end of sequence (`bos_id` and `eos_id` are -1) and no chat symbols;
the rest is as in the tokenizers of Llama: byte-pair encoding, byte fallback, identity normalisation.
"""

import io
import pathlib

import sentencepiece

model = io.BytesIO()
sentencepiece.SentencePieceTrainer.train(
    sentence_iterator=iter(
        ["Question: Tim has 12 apples and buys 5. How many has he?\nAnswer: 12 + 5 = 17\n#### 17"]
        * 4
    ),
    model_writer=model,
    vocab_size=320,
    model_type="bpe",
    hard_vocab_limit=False,
    character_coverage=1.0,
    split_digits=True,
    byte_fallback=True,
    normalization_rule_name="identity",
    remove_extra_whitespaces=False,
    unk_id=0,
    bos_id=-1,
    eos_id=-1,
    pad_id=-1,
    num_threads=1,
    minloglevel=2,
)
(pathlib.Path(__file__).resolve().parent / "foreign.model").write_bytes(model.getvalue())
