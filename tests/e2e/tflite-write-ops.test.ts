import { describe, expect, test } from 'vitest';
import { formats, type Graph, GraphBuilder, valueOf } from '../../src/compiler/index.ts';
import {
  EdgecError,
  type OpDefinition,
  type OpSample,
  opByName,
  ops,
  Random,
  type Tensor,
  tensor,
} from '../../src/core/index.ts';
import { TfliteOracle } from '../oracles/tflite.ts';

const tflite = formats.find((f) => f.name === 'tflite') as (typeof formats)[1];

/** Ops that the wasm build of TFLite has no kernel for, or another opinion about. */
const withoutOracle = new Set(['Gelu', 'Expand']);

/** A graph of one op whose computed operands are inputs. */
function graphOf(op: OpDefinition, { inputs, attrs }: OpSample): { graph: Graph; feeds: Tensor[] } {
  const builder = new GraphBuilder();
  const feeds: Tensor[] = [];
  const ids = inputs.map((t, i) => {
    if (!t) return undefined;
    const port = op.inputs[Math.min(i, op.inputs.length - 1)];
    if (port.constant || (i > 0 && t.dtype === 'int32')) return builder.constant(`c${i}`, t);
    feeds.push(t);
    return builder.input(`x${i}`, { dtype: t.dtype, shape: t.shape });
  });
  const outputs = builder.add(op.name, ids, attrs as never, { name: 'y' });
  for (const id of outputs) builder.output(id);
  return { graph: builder.build('sample', 'canonical', { format: 'test', ops: {}, notes: [] }), feeds };
}

/** Runs every node of a graph by its own definition. */
function run(graph: Graph, feeds: readonly Tensor[]): Tensor[] {
  const values = new Map(
    [...graph.values].flatMap(([id, v]) => (v.constant ? [[id, v.constant] as const] : [])),
  );
  graph.inputs.forEach((id, i) => values.set(id, feeds[i]));
  for (const node of graph.nodes) {
    const outputs = node.outputs.map((id) => {
      const { dtype, shape, quant } = valueOf(graph, id).type;
      return tensor(dtype, shape, undefined, quant);
    });
    const operands = node.inputs.map((id) => (id === undefined ? undefined : values.get(id)));
    opByName(node.op).evaluate(operands, node.attrs as never, outputs);
    node.outputs.forEach((id, i) => values.set(id, outputs[i]));
  }
  return graph.outputs.map((id) => values.get(id) as Tensor);
}

function close(found: ArrayLike<number>, expected: ArrayLike<number>, what: string): void {
  expect(found.length, what).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) {
    const same =
      Object.is(found[i], expected[i]) ||
      Math.abs(found[i] - expected[i]) <= 2e-4 * Math.max(1, Math.abs(expected[i]));
    expect(same, `${what}: element ${i} is ${found[i]} instead of ${expected[i]}`).toBe(true);
  }
}

const isFloat = ({ inputs }: OpSample): boolean =>
  inputs.every((t) => !t || t.dtype === 'float32' || t.dtype === 'int32' || t.dtype === 'bool');
const lowered = /^Q[A-Z]|^Table$|^Recode$|^Requantize$/;
const floatOps = ops.filter((op) => !lowered.test(op.name) && op.name !== 'Quantize');

describe('ops in TFLite files', () => {
  test.each(floatOps.map((op) => op.name))('%s', async (name) => {
    const op = opByName(name);
    for (const sample of op.samples(new Random(5)).filter(isFloat)) {
      const { graph, feeds } = graphOf(op, sample);
      if (graph.nodes.length === 0) continue;
      let bytes: Uint8Array;
      try {
        bytes = tflite.write(graph);
      } catch (error) {
        if (!(error instanceof EdgecError)) throw error;
        process.stdout.write(`${name}: ${error.message}\n`);
        continue;
      }
      const expected = run(graph, feeds);
      const what = `${name} ${JSON.stringify(sample.attrs)}`;
      const again = run(tflite.read(bytes), feeds);
      again.forEach(({ data }, i) =>
        close(data as Float32Array, expected[i].data as Float32Array, `read back ${what}`),
      );
      if (withoutOracle.has(name)) continue;
      const oracle = await TfliteOracle.open(bytes);
      const theirs = oracle.run(feeds.map((t) => t.data));
      expected.forEach(({ data }, i) => close(theirs[i].data, data as Float32Array, `TFLite ${what}`));
      oracle.close();
    }
  });
});
