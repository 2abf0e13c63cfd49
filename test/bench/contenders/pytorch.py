"""PyTorch on one thread. Reads requests, a JSON object a line, and answers each with one (see ../processes.mjs)."""

import json
import sys
import time

import numpy as np
import torch
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy, embedding_bag

torch.set_num_threads(1)


def load(workload, path):
    sizes, batch, rate, task = (workload[key] for key in ("sizes", "batch", "rate", "task"))
    numbers = np.fromfile(path, dtype=np.float32)
    position = 0

    def take(*shape):
        nonlocal position
        count = int(np.prod(shape))
        taken = torch.from_numpy(numbers[position : position + count].copy()).reshape(shape)
        position += count
        return taken

    parameters = []
    for inputs, outputs in zip(sizes, sizes[1:]):
        parameters += [take(inputs, outputs), take(outputs)]
    batches = []
    for _ in range(workload["batches"]):
        x = take(batch, workload["nonZeros"]).long() if task == "sparse" else take(batch, sizes[0])
        y = take(batch, sizes[-1])
        batches.append((x, y if sizes[-1] == 1 else y.argmax(1)))
    binary = sizes[-1] == 1
    for p in parameters:
        p.requires_grad_()
    depth = len(sizes) - 1

    def logits(x):
        a = x
        for i in range(depth):
            W, b = parameters[2 * i : 2 * i + 2]
            if i == 0 and task == "sparse":
                z = embedding_bag(a, W, mode="sum", sparse=True) + b
            else:
                z = torch.addmm(b, a, W)
            a = torch.tanh(z) if i < depth - 1 else z
        return a

    def learn(x, y):
        z = logits(x)
        loss = binary_cross_entropy_with_logits(z, y) if binary else cross_entropy(z, y)
        gradients = torch.autograd.grad(loss, parameters)
        with torch.no_grad():
            if task == "sparse":
                for p, g in zip(parameters, gradients):
                    p.add_(g, alpha=-rate)
            else:
                torch._foreach_add_(parameters, gradients, alpha=-rate)
        return loss.item()

    def answer(x):
        with torch.no_grad():
            z = logits(x)
            return torch.sigmoid(z) if binary else torch.softmax(z, 1)

    at = 0

    def run(n):
        nonlocal at
        value = float("nan")
        for _ in range(n):
            x, y = batches[at]
            at = (at + 1) % len(batches)
            value = answer(x)[0, 0].item() if task == "predict" else learn(x, y)
        return value

    probed = batches[: workload["probes"]]
    return run, lambda: [p for x, _ in probed for p in answer(x).reshape(-1).tolist()]


run = predict = None
for line in sys.stdin:
    request = json.loads(line)
    try:
        if request["op"] == "load":
            run, predict = load(request["workload"], request["path"])
            reply = {"exact": True, "note": f"{torch.__version__}, one thread"}
        elif request["op"] == "run":
            busy, start = time.process_time(), time.perf_counter()
            value = run(request["n"])
            seconds, cpu = time.perf_counter() - start, time.process_time() - busy
            reply = {"seconds": seconds, "cpuSeconds": cpu, "loss": value if value == value else None}
        else:
            reply = {"answer": predict()}
    except Exception as error:  # whatever it is, it is reported
        reply = {"failed": f"{type(error).__name__}: {error}"}
    print(json.dumps(reply), flush=True)
