import { readFileSync } from 'node:fs';
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { afterAll, describe, expect, test } from 'vitest';
import { compileModel } from '../../src/compiler/index.ts';
import { elementCount, Random, type Tensor, type TypedArray } from '../../src/core/index.ts';
import { loadModel, type Session } from '../../src/runtime/index.ts';
import { hasZoo, zooModels, zooPath } from '../e2e/zoo.ts';
import { showingReals, zippedTensors } from '../oracles/onnx-inside.ts';
import { printTable } from './table.ts';

const models = zooModels()
  .map(({ path }) => path)
  .filter((path) => path.startsWith('onnx_ml/') && path.endsWith('.onnx'));

/** Inputs of which the file states no size. */
const shapesOf: Readonly<Record<string, Record<string, number[]>>> = {
  'onnx_ml/sklearn_onnx/treecl.onnx': { input: [1, 20] },
};

const bound = 1e-5;

/**
 * Scores of noise that a logistic function makes tiny and a Normalizer scales up: ONNX Runtime's logistic function of what
 * lies far below 0 is 1 minus that of what lies as far above, of which few bits are left.
 */
const wider: Readonly<Record<string, number>> = { 'onnx_ml/ort/lr_mnist_scikit.onnx': 1e-3 };

const boundOf = (path: string): number => wider[path] ?? bound;
const samples = 200;

interface Row {
  path: string;
  labels: number;
  agree: number;
  scores: number;
  worst: number;
}

const rows: Row[] = [];

const drawn = (session: Session, random: Random): TypedArray[] =>
  session.inputs.map(({ type }) =>
    Float32Array.from({ length: elementCount(type.shape) }, () => random.uniform(-2, 8)),
  );

function compare(row: Row, ours: Tensor, theirs: ArrayLike<number | bigint>): void {
  for (let i = 0; i < theirs.length; i++) {
    const [a, b] = [Number(ours.data[i]), Number(theirs[i])];
    if (ours.dtype === 'float32') {
      row.scores++;
      row.worst = Math.max(row.worst, Math.abs(a - b) / Math.max(1, Math.abs(b)));
    } else {
      row.labels++;
      if (a === b) row.agree++;
    }
  }
}

describe.skipIf(!hasZoo)('classical models of the zoo', () => {
  test.each(models)('%s', async (path) => {
    const row: Row = { path, labels: 0, agree: 0, scores: 0, worst: 0 };
    rows.push(row);
    const bytes = new Uint8Array(readFileSync(zooPath(path)));
    const { package: compiled } = await compileModel({
      model: bytes,
      precision: 'float32',
      target: { name: 'host' },
      shapes: shapesOf[path],
    });
    // The oracle's binding hands out tensors alone: in place of the maps of a ZipMap, what they are made of.
    const zipped = zippedTensors(bytes);
    const shown = showingReals(bytes, [...zipped.values()]);
    const oracle = await InferenceSession.create(shown, { intraOpNumThreads: 1, logSeverityLevel: 3 });
    for (const executor of ['reference', 'native'] as const) {
      const session = await loadModel(compiled, { executor });
      const random = new Random(31);
      for (let k = 0; k < samples; k++) {
        const inputs = drawn(session, random);
        const named = session.inputs.map(({ name, type }, i) => ({
          name,
          type,
          data: inputs[i] as Float32Array,
        }));
        const feeds = named.map(({ name, type, data }) => [name, new OrtTensor('float32', data, type.shape)]);
        const compared = session.outputs.map(({ name }) => [name, zipped.get(name) ?? name] as const);
        const theirs = await oracle.run(
          Object.fromEntries(feeds),
          compared.map(([, name]) => name),
        );
        const ours = session.runSync(Object.fromEntries(named.map(({ name, data }) => [name, data])));
        for (const [name, tensor] of compared) compare(row, ours[name], theirs[tensor].data as Float32Array);
      }
      session.dispose();
    }
    await oracle.release();
    expect(row.labels + row.scores).toBeGreaterThan(0);
    expect(row.agree).toBe(row.labels);
    expect(row.worst).toBeLessThanOrEqual(boundOf(path));
  });

  afterAll(() =>
    printTable(
      `Classical models against ONNX Runtime: ${rows.filter((r) => r.labels + r.scores > 0 && r.agree === r.labels && r.worst <= boundOf(r.path)).length} of ${models.length} agree`,
      ['model', 'labels', 'equal', 'scores', 'worst |Δ|'],
      rows.map((r) => [r.path, r.labels, r.agree, r.scores, r.worst.toExponential(1)]),
    ),
  );
});
