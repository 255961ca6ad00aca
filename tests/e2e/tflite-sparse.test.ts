import type { Builder } from 'flatbuffers';
import { expect, test } from 'vitest';
import { optionTables } from '../../src/compiler/formats/tflite/schema.ts';
import {
  byte,
  ModelWriter,
  type MoreFields,
  options,
} from '../../src/compiler/formats/tflite/write/model-writer.ts';
import { compileModel } from '../../src/compiler/index.ts';
import { Random, type TypedArray, tensor } from '../../src/core/index.ts';
import { loadModel } from '../../src/runtime/index.ts';

type Level = { dense: number } | { segments: number[]; indices: number[] };

function vector(b: Builder, values: readonly number[], bytes: 1 | 2 | 4): number {
  b.startVector(bytes, values.length, bytes);
  for (const v of [...values].reverse())
    if (bytes === 4) b.addInt32(v);
    else if (bytes === 2) b.addInt16(v);
    else b.addInt8(v);
  const made = b.endVector();
  b.startObject(1);
  b.addFieldOffset(0, made, 0);
  return b.endObject();
}

function ints(b: Builder, values: readonly number[]): number {
  b.startVector(4, values.length, 4);
  for (const v of [...values].reverse()) b.addInt32(v);
  return b.endVector();
}

function levelOf(b: Builder, level: Level): number {
  if ('dense' in level) {
    b.startObject(6);
    b.addFieldInt32(1, level.dense, 0);
    return b.endObject();
  }
  const [segments, indices] = [vector(b, level.segments, 2), vector(b, level.indices, 1)];
  b.startObject(6);
  b.addFieldInt8(0, 1, 0);
  b.addFieldInt8(2, 2, 0);
  b.addFieldOffset(3, segments, 0);
  b.addFieldInt8(4, 3, 0);
  b.addFieldOffset(5, indices, 0);
  return b.endObject();
}

/** The field `sparsity` of a tensor. */
const sparsity =
  (order: number[], blockAxes: number[], levels: readonly Level[]): MoreFields =>
  (b) => {
    const tables = levels.map((level) => levelOf(b, level));
    b.startVector(4, tables.length, 4);
    for (const t of tables.reverse()) b.addOffset(t);
    const dimensions = b.endVector();
    const [traversal, blocks] = [ints(b, order), ints(b, blockAxes)];
    b.startObject(3);
    b.addFieldOffset(0, traversal, 0);
    b.addFieldOffset(1, blocks, 0);
    b.addFieldOffset(2, dimensions, 0);
    const made = b.endObject();
    return [() => b.addFieldOffset(6, made, 0)];
  };

/** A dense layer [4] → [rows] whose weights are stored as `values` at the places of `more`. */
function dense(rows: number, values: number[], more?: MoreFields): Uint8Array {
  const writer = new ModelWriter(false);
  const x = writer.tensor('x', { dtype: 'float32', shape: [1, 4] });
  const stored = tensor('float32', [values.length], values);
  const w = writer.tensor('w', { dtype: 'float32', shape: [rows, 4] }, { ...stored, shape: [rows, 4] }, more);
  const y = writer.tensor('y', { dtype: 'float32', shape: [1, rows] });
  writer.operator(
    'FULLY_CONNECTED',
    1,
    [x, w, -1],
    [y],
    options(optionTables.fullyConnected, byte(0), byte(0)),
  );
  return writer.finish('sparse', [x], [y]);
}

async function run(model: Uint8Array): Promise<TypedArray> {
  const random = new Random(4);
  const x = Float32Array.from({ length: 4 }, () => random.normal());
  const { package: bytes } = await compileModel({ model, precision: 'float32', target: { name: 'host' } });
  const session = await loadModel(bytes);
  const { data } = session.runSync({ x }).y;
  session.dispose();
  return data;
}

const rowsOf = sparsity([0, 1], [], [{ dense: 3 }, { segments: [0, 2, 2, 3], indices: [0, 3, 1] }]);

test('weights whose rows store some columns are those with zeros between', async () => {
  expect(await run(dense(3, [1, 2, 3], rowsOf))).toEqual(
    await run(dense(3, [1, 0, 0, 2, 0, 0, 0, 0, 0, 3, 0, 0])),
  );
});

test('weights whose rows store blocks of two columns are those with zeros between', async () => {
  const blocks = sparsity(
    [0, 1, 2],
    [1],
    [{ dense: 2 }, { segments: [0, 1, 3], indices: [1, 0, 1] }, { dense: 2 }],
  );
  expect(await run(dense(2, [1, 2, 3, 4, 5, 6], blocks))).toEqual(
    await run(dense(2, [0, 0, 1, 2, 3, 4, 5, 6])),
  );
});

const damaged: [string, MoreFields, number[]?][] = [
  ['a place outside', sparsity([0, 1], [], [{ dense: 3 }, { segments: [0, 2, 2, 3], indices: [0, 4, 1] }])],
  [
    'segments that go back',
    sparsity([0, 1], [], [{ dense: 3 }, { segments: [0, 2, 1, 3], indices: [0, 3, 1] }]),
  ],
  [
    'segments that end outside',
    sparsity([0, 1], [], [{ dense: 3 }, { segments: [0, 2, 2, 9], indices: [0, 3, 1] }]),
  ],
  ['too few segments', sparsity([0, 1], [], [{ dense: 3 }, { segments: [0, 2], indices: [0, 3] }])],
  [
    'another count of rows',
    sparsity([0, 1], [], [{ dense: 4 }, { segments: [0, 2, 2, 3, 3], indices: [0, 3, 1] }]),
  ],
  ['no level', sparsity([], [], [])],
  ['an axis twice', sparsity([0, 0], [], [{ dense: 3 }, { segments: [0, 2, 2, 3], indices: [0, 3, 1] }])],
  [
    'a block of nothing',
    sparsity([0, 1, 2], [1], [{ dense: 3 }, { segments: [0, 1, 1, 1], indices: [0] }, { dense: 0 }]),
  ],
  [
    'a block of an axis that is not there',
    sparsity([0, 1, 2], [7], [{ dense: 3 }, { dense: 4 }, { dense: 1 }]),
  ],
  [
    'blocks that do not divide',
    sparsity([0, 1, 2], [1], [{ dense: 3 }, { segments: [0, 1, 1, 1], indices: [0] }, { dense: 3 }]),
  ],
  ['more places than values', rowsOf, [1, 2]],
];

test.each(damaged)('%s is refused', async (_, more, values = [1, 2, 3]) => {
  await expect(run(dense(3, values, more))).rejects.toMatchObject({
    code: 'E_FORMAT_CORRUPT',
    detail: { where: expect.stringContaining('w'), expected: expect.any(String), found: expect.any(String) },
  });
});
