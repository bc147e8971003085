"""Rules of the OpenSandbox protocol behind the rule port: JSON lines over stdin and stdout.

Run by the conformance suite; replace the four functions by your own to have them judged.
Needs Python 3.8 and nothing else.
"""

import base64
import codecs
import json
import re
import sys


def decode(chunks, end):
    """Events, envelopes and malformed frames of one body, and how the body ended."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    text = "".join(decoder.decode(chunk) for chunk in chunks) + decoder.decode(b"", True)
    if text.startswith("\ufeff"):
        text = text[1:]
    lines = re.split("\r\n|\r|\n", text)
    rest = lines.pop()
    first = next((line for line in lines + [rest] if line.strip() and not line.startswith(":")), "")
    is_sse = re.match(r"(data|event|id|retry)(:|$)", first) is not None
    items, left = _sse(lines, rest) if is_sse else _bare(lines, rest)
    if end == "cut":
        return items, "truncated"
    if not left.strip():
        return items, "complete"
    last = _frame(left)
    return (items, "truncated") if last is None else (items + [last], "complete")


def _bare(lines, rest):
    items = [_whole(line) for line in lines if line.strip() and not line.startswith(":")]
    return items, "" if rest.startswith(":") else rest


def _sse(lines, rest):
    items, data = [], []

    def dispatch():
        text = "\n".join(data)
        data.clear()
        if text.strip():
            items.append(_whole(text))

    for line in lines:
        if line == "":
            dispatch()
        elif line.startswith("{"):
            dispatch()
            items.append(_whole(line))
        else:
            data.extend(_data_of(line))
    if rest.startswith("{"):
        dispatch()
        return items, rest
    return items, "\n".join(data + _data_of(rest))


def _data_of(line):
    name, _, value = line.partition(":")
    if name != "data":
        return []
    return [value[1:] if value.startswith(" ") else value]


def _whole(text):
    return _frame(text) or {"malformed": True}


def _no_constant(name):
    raise ValueError(name)


def _frame(text):
    """The item of one frame, or None when the text is not one object."""
    try:
        value = json.loads(text, parse_constant=_no_constant)
    except ValueError:
        return None
    if not isinstance(value, dict):
        return None
    if isinstance(value.get("type"), str):
        return {"event": value}
    known = {key: value[key] for key in ("code", "message") if isinstance(value.get(key), str)}
    return {"envelope": known} if known and "type" not in value else {"malformed": True}


def infer(execution):
    """The exit code of a foreground command or a session run, by the official rule."""
    error = execution.get("error")
    if error is None:
        return None if execution.get("complete") is None else 0
    value = error["value"].strip(" \t\n\r\v\f")
    return int(value) if re.fullmatch(r"-?[0-9]{1,300}", value) else None


def merge(policy, patch, limit):
    """What PATCH /policy makes of a policy; a text is the kind of an error."""
    if not patch:
        return "empty"
    for rule in patch:
        if rule.get("action") not in ("allow", "deny"):
            return "action"
        if not rule["target"].strip():
            return "target"
    merged = {}
    for rule in patch + (policy.get("egress") or []):
        merged.setdefault(rule["target"].lower(), rule)
    if limit and len(merged) > limit:
        return "limit"
    return {"defaultAction": policy["defaultAction"], "egress": list(merged.values())}


def remove(policy, targets):
    """What DELETE /policy makes of a policy; a text is the kind of an error."""
    if not targets:
        return "empty"
    gone = {target.strip().lower() for target in targets} - {""}
    rules = [rule for rule in policy.get("egress") or [] if rule["target"].lower() not in gone]
    return {"defaultAction": policy["defaultAction"], "egress": rules}


def _policy(result):
    return {"error": result} if isinstance(result, str) else {"policy": result}


def answer(request):
    op = request.get("op")
    if op == "hello":
        return {"port": 1, "name": "rules.py", "version": "1.0.0", "ops": ["decode", "infer", "merge", "remove"]}
    if op == "decode":
        items, ended = decode([base64.b64decode(chunk) for chunk in request["chunks"]], request["end"])
        return {"items": items, "ended": ended}
    if op == "infer":
        return {"exitCode": infer(request["execution"])}
    if op == "merge":
        return _policy(merge(request["policy"], request["patch"], request.get("limit")))
    if op == "remove":
        return _policy(remove(request["policy"], request["targets"]))
    return {"fault": "unsupported"}


def main():
    for line in sys.stdin.buffer:
        request = json.loads(line)
        result = answer(request)
        if "id" in request:
            result = {"id": request["id"], **result}
        sys.stdout.buffer.write(json.dumps(result).encode() + b"\n")
        sys.stdout.buffer.flush()


main()
