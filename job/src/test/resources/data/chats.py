# SPDX-License-Identifier: Apache-2.0
"""Writes chats.json: the token ids that Transformers makes of chats.jsonl. Run: python chats.py MODEL_FOLDER"""
import json
import os
import sys

from transformers import AutoTokenizer

HERE = os.path.dirname(os.path.abspath(__file__))

tokenizer = AutoTokenizer.from_pretrained(sys.argv[1])
with open(os.path.join(HERE, "chats.jinja"), encoding="utf-8") as template:
    tokenizer.chat_template = template.read()
with open(os.path.join(HERE, "chats.jsonl"), encoding="utf-8") as lines:
    chats = [json.loads(line)["messages"] for line in lines]
with open(os.path.join(HERE, "chats.json"), "w") as out:
    json.dump({"ids": [tokenizer.apply_chat_template(chat, return_dict=False) for chat in chats]}, out)
    out.write("\n")
