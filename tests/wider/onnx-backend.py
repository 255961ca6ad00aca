"""Writes ONNX's backend node tests below a folder: NAME/model.onnx, more models with inputs turned into constants
(constants-1.onnx …), and cases.json with the inputs and outputs of every test in tensors.bin.

    onnx-backend.py FOLDER
"""
import json
import os
import sys

import numpy as np

# Names that numpy has dropped since the tests were written.
for name, plain in {"float": float, "int": int, "bool": bool, "object": object}.items():
    if name not in np.__dict__:
        setattr(np, name, plain)

from onnx import ModelProto, numpy_helper  # noqa: E402
import onnx.backend.test.case.node as node_test  # noqa: E402


def with_constants(model, values, positions):
    """`model` with the inputs at `positions` as initializers."""
    fixed = ModelProto()
    fixed.CopyFrom(model)
    for i in positions:
        fixed.graph.initializer.append(numpy_helper.from_array(np.asarray(values[i]), model.graph.input[i].name))
    kept = [info for i, info in enumerate(model.graph.input) if i not in positions]
    del fixed.graph.input[:]
    fixed.graph.input.extend(kept)
    return fixed


def variants(model, values):
    """What a compiler with static shapes may ask for: integers known, all but the first operand known, all known."""
    plain = [i for i, v in enumerate(values) if isinstance(v, (np.ndarray, np.generic))]
    integers = [i for i in plain if i > 0 and np.asarray(values[i]).dtype.kind in "iub"]
    seen = [[]]
    for positions in (integers, [i for i in plain if i > 0], plain):
        if positions not in seen:
            seen.append(positions)
            yield with_constants(model, values, positions)


def describe(info, value, data):
    kind = info.type.WhichOneof("value")
    array = np.asarray(value) if kind == "tensor_type" else None
    if array is None or array.dtype.kind not in "fiub":
        return {"name": info.name, "dtype": kind if array is None else str(array.dtype)}
    offset = data.tell()
    data.write(np.ascontiguousarray(array).tobytes())
    data.write(bytes(-data.tell() % 8))
    return {"name": info.name, "dtype": str(array.dtype), "shape": list(array.shape), "offset": offset}


def main(folder):
    cases = []
    with open(os.path.join(folder, "tensors.bin"), "wb") as data:
        for case in node_test.collect_testcases(None):
            place = os.path.join(folder, case.name)
            if os.path.exists(place):  # one test is listed twice
                continue
            os.makedirs(place)
            inputs, outputs = case.data_sets[0]
            models = [case.model, *variants(case.model, inputs)]
            for i, model in enumerate(models):
                with open(os.path.join(place, f"constants-{i}.onnx" if i else "model.onnx"), "wb") as file:
                    file.write(model.SerializeToString())
            graph = case.model.graph
            cases.append({
                "name": case.name,
                "ops": [f"{n.domain}.{n.op_type}" if n.domain else n.op_type for n in graph.node],
                "models": len(models),
                "rtol": case.rtol,
                "atol": case.atol,
                "inputs": [describe(i, v, data) for i, v in zip(graph.input, inputs)],
                "outputs": [describe(o, v, data) for o, v in zip(graph.output, outputs)],
            })
    with open(os.path.join(folder, "cases.json"), "w") as file:
        json.dump(cases, file)
    print(f"{len(cases)} node tests")


main(sys.argv[1])
