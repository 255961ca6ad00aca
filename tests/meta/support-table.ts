import { importers } from '../../src/compiler/formats/onnx/ops/index.ts';
import { rows } from '../../src/compiler/formats/onnx/write/index.ts';
import { reads, writes } from '../../src/compiler/formats/tflite/ops/index.ts';
import { movesInt16, reads16 } from '../../src/compiler/formats/tflite/ops/int16.ts';
import { stateful } from '../../src/compiler/formats/tflite/read.ts';
import { builtins } from '../../src/compiler/formats/tflite/schema.ts';
import { type OpDefinition, ops } from '../../src/core/index.ts';

const mark = (yes: boolean): string => (yes ? 'yes' : '');

const table = (head: readonly string[], lines: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

/** How an op computes in an int8 model. */
function integerForm({ name, quantize, inputs }: OpDefinition): string {
  if (quantize?.kind === 'same-scale') return 'moves bytes';
  if (quantize) return 'integers';
  if (!inputs[0].dtypes.includes('float32')) return 'is one';
  return name.startsWith('Quantize') ? 'border' : '';
}

const opLines = (native: ReadonlySet<string>): string[][] =>
  ops.map((op) => [
    op.name,
    op.summary.replaceAll('|', '\\|'),
    integerForm(op),
    mark(true),
    mark(native.has(op.name)),
    mark(Object.hasOwn(rows, op.name)),
    mark(Object.hasOwn(writes, op.name)),
  ]);

const onnxLines = (): string[][] =>
  Object.entries(importers).map(([domain, family]) => [
    domain === '' ? 'ai.onnx' : domain,
    `${Object.keys(family).length}`,
    Object.keys(family).sort().join(', '),
  ]);

const customs = Object.keys(reads).filter((name) => !builtins.includes(name));

const isRead = (name: string): boolean => Object.hasOwn(reads, name) || stateful.has(name);

const takesInt16 = (builtin: string): boolean =>
  Object.hasOwn(reads16, builtin) || movesInt16({ builtin, inputs: [], outputTypes: [] } as never);

/** The text of docs/support.md. `native` names the ops of the native engine. */
export function supportTable(native: ReadonlySet<string>): string {
  const read = builtins.filter(isRead);
  return `# What is supported

Generated from the op registry and the readers and writers of each format: \`npx vitest run tests/meta -u\` renews it.

## Ops

The integer form is how an op lives in an int8 model: without any, it stays in float there and the compiler says so. Requantize is
lowered to other ops.

${table(['op', 'meaning', 'integer form', 'reference', 'native', 'to ONNX', 'to TFLite'], opLines(native))}

## ONNX, opset 1 to 23

Operators that are read, by domain; many become several ops. Dimensions have to be known: shapes, axes and counts are constants.

${table(['domain', 'count', 'operators'], onnxLines())}

## TFLite

${read.length} of ${builtins.length} builtin operators are read. With int16 values these compute in integers or move them, and all others compute in real numbers: ${read.filter(takesInt16).join(', ')}.

${read.join(', ')}

Beside them: ${customs.join(', ')}.

## Boxes

How many boxes a model finds depends on its input, and shapes do not. The result of ONNX NonMaxSuppression has a row for each box that
may be there, \`max_output_boxes_per_class\` of every class and image: those that are found come first, in the order of ONNX, and the
others are −1. A \`max_output_boxes_per_class\` that is computed is refused. In TFLite the file states how many slots there are: those
behind the number that is found are 0.
`;
}
