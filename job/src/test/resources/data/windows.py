# SPDX-License-Identifier: Apache-2.0
"""Writes windows.json: what Transformers makes of texts.jsonl. Run: python windows.py MODEL_FOLDER"""
import json
import os
import sys

from transformers import AutoTokenizer

HERE = os.path.dirname(os.path.abspath(__file__))
LENGTH, COUNT = 64, 12

tokenizer = AutoTokenizer.from_pretrained(sys.argv[1])
with open(os.path.join(HERE, "texts.jsonl"), encoding="utf-8") as lines:
    texts = [json.loads(line)["text"] for line in lines]


def windows(ids):
    return [ids[i : i + LENGTH] for i in range(0, min(COUNT, len(ids) // LENGTH) * LENGTH, LENGTH)]


tokens = [id for text in texts for id in tokenizer(text)["input_ids"]]
joined = tokenizer("\n\n".join(texts))["input_ids"]
with open(os.path.join(HERE, "windows.json"), "w") as out:
    json.dump({"length": LENGTH, "TOKENS": windows(tokens), "BLANK_LINES": windows(joined),
               "tokens": len(tokens), "joined": len(joined)}, out)
    out.write("\n")
