import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { EdgecError } from '../../../core/index.ts';
import { onnxFormat } from './index.ts';

const zoo = process.env.EDGEC_ZOO ?? '../shared/zoo';
const there = existsSync(zoo);
if (!there) console.log(`skipped: no model zoo at ${zoo} (set EDGEC_ZOO)`);

/** Models that are refused, with the code of the reason. */
const refused: Readonly<Record<string, string>> = {
  'silero_vad_16k_op15.onnx': 'E_SHAPE_DYNAMIC',
  'yunet_s_dynamic.onnx': 'E_SHAPE_DYNAMIC',
  'qtdnn_10x5_101_i32_biases_model.onnx': 'E_OP_SHAPE',
  'TFC_1W1A.onnx': 'E_OP_UNSUPPORTED',
  'TFC_1W2A.onnx': 'E_OP_UNSUPPORTED',
  'nn_resize_quant_model.onnx': 'E_OP_UNSUPPORTED',
};

describe.skipIf(!there)('model zoo', () => {
  const files = there
    ? readdirSync(zoo, { recursive: true, encoding: 'utf8' }).filter(
        (f) => f.endsWith('.onnx') && !f.startsWith('onnx_ml'),
      )
    : [];

  test('every model is read, or refused for a known reason', () => {
    const table: string[] = [];
    const found: Record<string, string> = {};
    for (const file of files) {
      const path = join(zoo, file);
      const bytes = readFileSync(path);
      expect(onnxFormat.matches(bytes)).toBe(true);
      try {
        onnxFormat.read(bytes, { directory: dirname(path) });
      } catch (error) {
        if (!(error instanceof EdgecError)) throw error;
        found[file.split('/').at(-1) as string] = error.code;
        table.push(`${file}  ${error.code}  ${error.message} (${error.detail.where ?? ''})`);
      }
    }
    console.log(`${files.length - table.length} of ${files.length} read; refused:\n${table.join('\n')}`);
    expect(found).toEqual(refused);
  });

  test('a dynamic model is read once its shape is given', () => {
    const file = files.find((f) => f.endsWith('yunet_s_dynamic.onnx'));
    if (!file) return;
    const graph = onnxFormat.read(readFileSync(join(zoo, file)), { shapes: { input: [1, 3, 160, 160] } });
    expect(graph.nodes.length).toBeGreaterThan(100);
  });

  test('a sequence whose length was taken as a batch says so, and is read once its shape is given', () => {
    const file = files.find((f) => f.endsWith('qtdnn_10x5_101_i32_biases_model.onnx'));
    if (!file) return;
    const bytes = readFileSync(join(zoo, file));
    expect(() => onnxFormat.read(bytes)).toThrow(
      expect.objectContaining({
        detail: expect.objectContaining({ remedy: expect.stringContaining('--shape') }),
      }),
    );
    const { outputs, values } = onnxFormat.read(bytes, { shapes: { input: [10, 10] } });
    expect(values.get(outputs[0])?.type.shape).toEqual([8, 5]);
  });
});
