"""Compares `layerswap evaluate` with lm-evaluation-harness on the same model, files and prompts.

Choices (XCOPA Swahili, and one file of the generic form): the log-likelihood of every choice within
1e-3 a token, accuracies equal. MGSM in its three forms and MSVAMP in English: the greedy replies, and
what is read out of them. Everything is offline and from local files.

Needs lm_eval (0.4), torch, transformers, datasets; prints one JSON object and ends with an error when
something differs more than it may:
    python harness_parity.py MODEL_FOLDER DATA_FOLDER --program .build/release/layerswap
"""

import argparse
import gzip
import json
import os
import pathlib
import subprocess
import sys
import tempfile

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("HF_DATASETS_OFFLINE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
os.environ.setdefault("TQDM_DISABLE", "1")

PER_TOKEN = 1e-3
SAME_REPLIES = 0.98
# Long enough that a reply which depends on it is rare, short enough for a small model.
NEW_TOKENS = 96


def rows(path):
    open_ = gzip.open if str(path).endswith(".gz") else open
    with open_(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def write(path, values):
    path.write_text("".join(json.dumps(v, ensure_ascii=False) + "\n" for v in values), "utf-8")
    return str(path)


def generic(xcopa):
    """Choices of the generic form: three ways to go on; some contexts end with white space."""
    values = []
    for place, row in enumerate(xcopa[:30]):
        values.append(
            {
                "context": row["premise"] + ("  " if place % 3 == 0 else ""),
                "choices": [row["choice1"], row["choice2"], xcopa[place - 1]["choice1"]],
                "label": row["label"],
            }
        )
    return values


def harness_tasks(arguments, folder):
    """The configurations of the tasks and the files that `layerswap evaluate` reads for them."""
    import lm_eval.tasks.mgsm.utils as mgsm_utils
    import lm_eval.tasks.xcopa.utils as xcopa_utils

    data = pathlib.Path(arguments.data)
    xcopa_file = data / "eval/xcopa_sw_val.jsonl.gz"
    xcopa = rows(xcopa_file)[: arguments.limit]
    tasks = []

    def local(path):
        return {"dataset_path": "json", "dataset_kwargs": {"data_files": path}}

    choice = {
        "output_type": "multiple_choice",
        "doc_to_target": "label",
        "metric_list": [{"metric": "acc"}, {"metric": "acc_norm"}],
    }
    tasks.append(
        (
            {
                "task": "xcopa_sw",
                **local({"validation": write(folder / "xcopa.jsonl", xcopa)}),
                "validation_split": "validation",
                "doc_to_text": xcopa_utils.doc_to_text_sw,
                "doc_to_choice": xcopa_utils.doc_to_choice,
                **choice,
            },
            ["--choice", str(xcopa_file), "--language", "sw"],
        )
    )
    choices = write(folder / "choices.jsonl", generic(xcopa))
    tasks.append(
        (
            {
                "task": "choices",
                **local({"validation": choices}),
                "validation_split": "validation",
                "doc_to_text": "{{context}}",
                "doc_to_choice": "{{choices}}",
                **choice,
            },
            ["--choice", choices, "--choice-format", "choices", "--language", "sw"],
        )
    )
    exemplars_file = data / "mgsm/exemplars.jsonl.gz"
    flexible = [
        {
            "function": "regex",
            "group_select": -1,
            "regex_pattern": "(-?[$0-9.,]{2,})|(-?[0-9]+)",
        },
        {"function": "take_first"},
    ]
    exact = {"metric": "exact_match", "aggregation": "mean", "higher_is_better": True}
    exact.update(ignore_case=True, ignore_punctuation=True)
    for language in arguments.languages:
        words = mgsm_utils.LANGUAGES[language]
        tsv = data / f"mgsm/mgsm_{language}.sample50.tsv"
        problems = [line.split("\t") for line in tsv.read_text("utf-8").splitlines()]
        problems = [
            {"question": q, "answer": None, "answer_number": int(a)} for q, a in problems
        ][: arguments.problems]
        train = [
            {"question": r["question"], "answer": r["answer_cot"], "answer_number": r["answer"]}
            for r in rows(exemplars_file)
            if r["lang"] == language
        ]
        files = {
            "train": write(folder / f"train_{language}.jsonl", train),
            "test": write(folder / f"test_{language}.jsonl", problems),
        }
        for form in arguments.forms:
            request = {
                "direct": words["DIRECT"],
                "native_cot": words["ANSWER"],
                "en_cot": mgsm_utils.LANGUAGES["en"]["ANSWER"],
            }[form]
            regex = (mgsm_utils.LANGUAGES["en"] if form == "en_cot" else words)["REGEX"]
            skipped = len(words["ANSWER"]) + 1
            strict = (
                [{"function": "remove_whitespace"}, {"function": "take_first"}]
                if form == "direct"
                else [
                    {"function": "regex", "regex_pattern": regex},
                    {"function": "take_first"},
                ]
            )
            tasks.append(
                (
                    {
                        "task": f"mgsm_{form}_{language}",
                        **local(files),
                        "training_split": "train",
                        "test_split": "test",
                        "output_type": "generate_until",
                        "num_fewshot": arguments.shots,
                        # The harness draws its examples; ours are the first ones.
                        "fewshot_config": {"sampler": "first_n"},
                        "doc_to_text": '{% if answer is not none %}{{question+"\\n'
                        + request
                        + '"}}{% else %}{{"'
                        + words["QUESTION"]
                        + ' "+question+"\\n'
                        + request
                        + '"}}{% endif %}',
                        "doc_to_target": "{{answer_number|string}}"
                        if form == "direct"
                        else "{% if answer is not none %}{{answer["
                        + str(skipped)
                        + ":]}}{% else %}{{answer_number|string}}{% endif %}",
                        "target_delimiter": "" if form == "direct" else " ",
                        "generation_kwargs": {
                            "until": [words["QUESTION"], "</s>", "<|im_end|>"],
                            "do_sample": False,
                            "max_gen_toks": NEW_TOKENS,
                        },
                        "filter_list": [
                            {"name": "strict-match", "filter": strict},
                            {"name": "flexible-extract", "filter": flexible},
                        ],
                        "metric_list": [exact],
                    },
                    ["--mgsm", str(tsv), "--language", language, "--form", form]
                    + ["--exemplars", str(exemplars_file), "--shots", str(arguments.shots)]
                    + ["--limit", str(arguments.problems)],
                )
            )
    msvamp = rows(data / "math_target/msvamp_en.dev.jsonl.gz")[: arguments.limit]
    msvamp = [
        {"question": row["question"], "answer_number": row["answer"]} for row in msvamp
    ]
    tsv = folder / "msvamp.tsv"
    tsv.write_text("".join(f"{r['question']}\t{r['answer_number']}\n" for r in msvamp), "utf-8")
    tasks.append(
        (
            {
                "task": "msvamp_en",
                **local({"test": write(folder / "msvamp.jsonl", msvamp)}),
                "test_split": "test",
                "output_type": "generate_until",
                "doc_to_text": "Question: {{question}}\nAnswer:",
                "doc_to_target": "{{answer_number|string}}",
                "target_delimiter": "",
                "generation_kwargs": {
                    "until": ["Question:", "</s>", "<|im_end|>"],
                    "do_sample": False,
                    "max_gen_toks": NEW_TOKENS,
                },
                "filter_list": [
                    {
                        "name": "strict-match",
                        "filter": [{"function": "remove_whitespace"}, {"function": "take_first"}],
                    },
                    {"name": "flexible-extract", "filter": flexible},
                ],
                "metric_list": [exact],
            },
            ["--mgsm", str(tsv), "--language", "en"],
        )
    )
    return tasks


def ours(arguments, folder, name, flags):
    """Runs `layerswap evaluate`; its records and its metrics."""
    place = folder / f"records-{name}"
    command = [arguments.program, "evaluate", arguments.model, "--records", str(place), "--json"]
    command += flags + ["--threads", str(arguments.threads)]
    if "--mgsm" in flags:
        command += ["--maximum-new-tokens", str(NEW_TOKENS)]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    metrics = json.loads(output.strip().splitlines()[-1])["metrics"]
    return rows(next(place.iterdir())), {
        name.split("_", 1)[1]: value["value"] for name, value in metrics.items()
    }


def compare_choices(samples, results, records, metrics):
    worst, differing = 0.0, []
    for sample, record in zip(samples, records, strict=True):
        for response, own, tokens in zip(
            sample["resps"], record["log_likelihoods"], record["tokens"], strict=True
        ):
            difference = abs(response[0][0] - own) / tokens
            if difference > PER_TOKEN:
                differing.append(record["id"])
            worst = max(worst, difference)
    found = {
        "problems": len(records),
        "worst_difference_per_token": worst,
        "beyond_tolerance": len(differing),
        "accuracy": [results["acc,none"], metrics["choice"]],
        "accuracy_normalized": [results["acc_norm,none"], metrics["choice_normalized"]],
    }
    same = all(abs(a - b) < 1e-9 for a, b in (found["accuracy"], found["accuracy_normalized"]))
    return found, same and not differing


def compare_replies(samples, results, records, metrics):
    # Each problem has one sample for each filter.
    texts = {sample["doc_id"]: sample["resps"][0][0] for sample in samples}
    differing = []
    for place, record in enumerate(records):
        if texts[place].strip() != record["reply"].strip():
            differing.append(
                {"id": record["id"], "harness": texts[place], "layerswap": record["reply"]}
            )
    found = {
        "problems": len(records),
        "same_replies": len(records) - len(differing),
        "differing": differing[:5],
        "flexible": [results["exact_match,flexible-extract"], metrics["mgsm"]],
        "strict": [results["exact_match,strict-match"], metrics["mgsm_strict"]],
    }
    # A reply that differs may be right in one of the two.
    slack = len(differing) / len(records) + 1e-9
    same = all(abs(a - b) <= slack for a, b in (found["flexible"], found["strict"]))
    return found, same and len(differing) <= (1 - SAME_REPLIES) * len(records)


def with_sentencepiece(kind, path):
    """A model of the harness whose tokens are those of a SentencePiece file itself.

    transformers makes other tokens of such a file where text has runs of spaces or characters that the
    file's normalization rewrites; so that scores can be compared, both sides get the same ones.
    """
    import sentencepiece
    import torch

    pieces = sentencepiece.SentencePieceProcessor(model_file=str(path))

    class Model(kind):
        def tok_encode(self, string, add_special_tokens=None, left_truncate_len=None, **_):
            begin = [] if add_special_tokens is False else [pieces.bos_id()]
            tokens = begin + pieces.encode(string)
            return tokens[-left_truncate_len:] if left_truncate_len else tokens

        def tok_batch_encode(self, strings, padding_side="left", left_truncate_len=None, **_):
            (string,) = strings
            tokens = self.tok_encode(string, left_truncate_len=left_truncate_len)
            return torch.tensor([tokens]), torch.ones(1, len(tokens), dtype=torch.long)

    return Model


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model")
    parser.add_argument("data", help="with eval, mgsm and math_target")
    parser.add_argument("--program", default=".build/release/layerswap")
    parser.add_argument("--limit", type=int, default=100, help="rows of XCOPA and MSVAMP")
    parser.add_argument("--problems", type=int, default=10, help="problems of MGSM a task")
    parser.add_argument("--shots", type=int, default=2)
    parser.add_argument("--languages", nargs="*", default=["sw", "en"])
    parser.add_argument("--forms", nargs="*", default=["direct", "native_cot", "en_cot"])
    parser.add_argument("--only", nargs="*", help="names of tasks")
    parser.add_argument(
        "--sentencepiece", action="store_true", help="the tokens of tokenizer.model on both sides"
    )
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()

    import lm_eval
    import torch
    import transformers
    from lm_eval.models.huggingface import HFLM

    torch.set_num_threads(arguments.threads)
    tokenizer = transformers.AutoTokenizer.from_pretrained(arguments.model)
    network = transformers.AutoModelForCausalLM.from_pretrained(
        arguments.model, dtype=torch.float32
    )
    file = pathlib.Path(arguments.model) / "tokenizer.model"
    kind = with_sentencepiece(HFLM, file) if arguments.sentencepiece else HFLM
    model = kind(pretrained=network.eval(), tokenizer=tokenizer, batch_size=1)
    report, passed = {}, True
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        os.environ["HF_DATASETS_CACHE"] = str(folder / "cache")
        for task, flags in harness_tasks(arguments, folder):
            title = task["task"]
            if arguments.only and title not in arguments.only:
                continue
            outcome = lm_eval.simple_evaluate(
                model=model, tasks=[task], log_samples=True, bootstrap_iters=0
            )
            samples = sorted(outcome["samples"][title], key=lambda s: s["doc_id"])
            records, metrics = ours(arguments, folder, title, flags)
            compare = compare_choices if "--choice" in flags else compare_replies
            report[title], same = compare(
                samples, outcome["results"][title], records, metrics
            )
            report[title]["passed"] = same
            passed = passed and same
            print(title, "same" if same else "DIFFERENT", file=sys.stderr)
    print(json.dumps(report, ensure_ascii=False, indent=1))
    sys.exit(0 if passed else 1)


if __name__ == "__main__":
    main()
