# SPDX-License-Identifier: Apache-2.0
"""The token ids that the figures of fp32.json and bf16.json are about: windows.json.

    python windows.py TINY_LLAMA EVAL.jsonl > windows.json

Each text is tokenized as it is, the ids are joined, and the first 40 windows of 256 are taken.
"""

import json
import sys

from transformers import AutoTokenizer

tokenizer = AutoTokenizer.from_pretrained(sys.argv[1])
ids = []
with open(sys.argv[2]) as lines:
    for line in lines:
        ids += tokenizer(json.loads(line)["text"])["input_ids"]
rows = ",\n".join(json.dumps(ids[i * 256 : (i + 1) * 256], separators=(",", ":")) for i in range(40))
print('{"windows": [\n' + rows + "\n]}")
