"""Makes mgsm.json with lm-evaluation-harness: prompts, what its filters find, and what counts as right.

    pip install lm_eval==0.4.13 datasets
    python make_mgsm_fixture.py

The prompts come from the tasks' own YAML files and the harness's own rendering; only the data are put
in their place. The Swift tests compare with what stands in the file.
"""

import json
import os
import pathlib
import tempfile

os.environ["HF_HUB_OFFLINE"] = os.environ["HF_DATASETS_OFFLINE"] = "1"

import lm_eval.tasks.mgsm.utils as mgsm
import lm_eval.tasks.xcopa.utils as xcopa
from lm_eval.api.metrics import exact_match_hf_evaluate
from lm_eval.filters.extraction import RegexFilter, WhitespaceFilter
from lm_eval.tasks import TaskManager, get_task_dict
from lm_eval.tasks._yaml_loader import load_yaml

LANGUAGES = ["bn", "de", "en", "es", "fr", "ja", "ru", "sw", "te", "th", "zh"]
FORMS = ["direct", "native_cot", "en_cot"]
QUESTION = "Tim has 3 apples and buys 4. How many?"
REPLIES = [
    "7",
    " 7.\n",
    "Tim has 3 + 4 = 7 apples. The answer is 7.",
    "The answer is 1,000. The answer is 7",
    "Jibu ni -7. Jibu ni 12",
    "Die Antwort lautet 7,00 €",
    "La respuesta es 7 manzanas",
    "La réponse est $7",
    "答えは7です。",
    "答えは7",
    "答案是 7。 8",
    "సమాధానం 7.",
    "คำตอบคือ 7",
    "Ответ — 7",
    "no number here",
    "",
    "- 5 and -5",
    "It costs $7",
    "7 .",
    "1.2.3 ... 7,",
    "the answer is 7 the Answer is 8",
    "٧ 7",
    "seven 7-",
    "--7",
    "The answer is -",
    "The answer is - The answer is 7",
    "...",
]


def train_rows(language):
    words = mgsm.LANGUAGES[language]
    return [
        {
            "question": f"{words['QUESTION']} Sue has {n} pens and loses 1. How many?",
            "answer": f"{words['ANSWER']} {n} - 1 = {n - 1}. So {n - 1} é.",
            "answer_number": n - 1,
            "equation_solution": "",
        }
        for n in (5, 9)
    ]


def prompt(language, form, folder):
    rows = train_rows(language)
    test = {"question": QUESTION, "answer": None, "answer_number": 7, "equation_solution": None}
    files = {}
    for name, values in (("train", rows), ("test", [test])):
        files[name] = str(folder / f"{name}_{language}.jsonl")
        pathlib.Path(files[name]).write_text("".join(json.dumps(v) + "\n" for v in values))
    name = f"mgsm_{form}_{language}"
    tasks = pathlib.Path(mgsm.__file__).parent / form
    config = load_yaml(tasks / f"{name}.yaml")
    config.update(
        dataset_path="json",
        dataset_name=None,
        dataset_kwargs={"data_files": files},
        num_fewshot=2,
        fewshot_config={"sampler": "first_n"},
    )
    for key in ("tag", "include"):
        config.pop(key, None)
    task = get_task_dict([config], TaskManager())[name]
    task.build_all_requests(limit=1, rank=0, world_size=1)
    return task.instances[0].args[0], config


def judge(text, gold, regex):
    flexible = RegexFilter("(-?[$0-9.,]{2,})|(-?[0-9]+)", group_select=-1)
    strict = RegexFilter(regex) if regex else WhitespaceFilter()

    def right(answer):
        return bool(
            exact_match_hf_evaluate(
                [answer], [gold], ignore_case=True, ignore_punctuation=True
            )["exact_match"]
        )

    found = [list(f.apply([[text]], [{}]))[0][0] for f in (flexible, strict)]
    return found + [right(answer) for answer in found]


def main():
    fixture = {"question": QUESTION, "exemplars": {}, "prompts": [], "answers": [], "xcopa": []}
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        os.environ["HF_DATASETS_CACHE"] = str(folder / "cache")
        for language in LANGUAGES:
            fixture["exemplars"][language] = [
                {"question": r["question"], "steps": r["answer"], "answer": str(r["answer_number"])}
                for r in train_rows(language)
            ]
            for form in FORMS:
                text, config = prompt(language, form, folder)
                until = config["generation_kwargs"]["until"]
                fixture["prompts"].append(
                    {"language": language, "form": form, "text": text, "until": until}
                )
    for language in LANGUAGES:
        for form in FORMS:
            regex = {
                "direct": None,
                "native_cot": mgsm.LANGUAGES[language]["REGEX"],
                "en_cot": mgsm.LANGUAGES["en"]["REGEX"],
            }[form]
            if form != "native_cot" and language != "sw":
                continue
            fixture["answers"].append(
                {
                    "language": language,
                    "form": form,
                    "replies": [[reply] + judge(reply, "7", regex) for reply in REPLIES],
                }
            )
    for language in ("et", "ht", "id", "it", "qu", "sw", "ta", "th", "tr", "vi", "zh"):
        for question in ("cause", "effect"):
            row = {
                "premise": " Émile alilala. ",
                "choice1": "Éva aliimba.",
                "choice2": "ßa 3",
                "question": question,
                "label": 1,
                "idx": 4,
                "lang": language,
            }
            fixture["xcopa"].append(
                {
                    "row": json.dumps(row),
                    "context": getattr(xcopa, f"doc_to_text_{language}")(row),
                    "choices": xcopa.doc_to_choice(row),
                }
            )
    place = pathlib.Path(__file__).resolve().parent / "mgsm.json"
    place.write_text(json.dumps(fixture, ensure_ascii=False, indent=1) + "\n", "utf-8")


main()
