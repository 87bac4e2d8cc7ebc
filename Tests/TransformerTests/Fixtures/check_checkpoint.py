"""Loads a checkpoint folder with transformers and prints its logits as one line of JSON.

    python check_checkpoint.py FOLDER INPUT.json

INPUT.json holds {"segments": [[1, 5, 9], [1]]}; each segment is run alone, in float32. Prints
{"parameters": N, "logits": [[[...one row for each position...]], ...]}. Ends with status 3 when a
package is missing, and with an error when transformers finds a parameter missing or left over.
"""

import json
import sys

try:
    import torch
    from transformers import AutoModelForCausalLM
except ImportError as error:
    print(error, file=sys.stderr)
    sys.exit(3)


def main(folder, input_path):
    torch.set_num_threads(1)
    with open(input_path) as file:
        segments = json.load(file)["segments"]
    model, information = AutoModelForCausalLM.from_pretrained(
        folder, dtype=torch.float32, output_loading_info=True, local_files_only=True
    )
    for kind in ("missing_keys", "unexpected_keys", "mismatched_keys"):
        if information[kind]:
            sys.exit(f"{folder}: {kind}: {sorted(map(str, information[kind]))}")
    model.eval()
    with torch.no_grad():
        logits = [
            model(input_ids=torch.tensor([segment]), use_cache=False).logits[0].tolist()
            for segment in segments
        ]
    print(json.dumps({"parameters": model.num_parameters(), "logits": logits}))


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2])
