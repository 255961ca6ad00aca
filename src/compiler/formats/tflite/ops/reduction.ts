import { tensor } from '../../../../core/index.ts';
import {
  axisOf,
  finish,
  flag,
  input,
  int,
  integers,
  type Read,
  step,
  typeOf,
  unsupported,
} from '../import-context.ts';
import { optionTables } from '../schema.ts';
import { cannotWrite, type Write } from '../write/emitter.ts';
import { byte, float, options, int as word } from '../write/model-writer.ts';

/** Below it TFLite's L2 norm stays. */
const leastSquare = 1e-12;

const reduce =
  (name: string): Read =>
  (op) => {
    const rank = typeOf(op, 0).shape.length;
    const axes = [...new Set(integers(op, 1).map((a) => axisOf(op, a, rank)))].sort((a, b) => a - b);
    return finish(op, name, [input(op, 0)], { axes, keepDims: flag(op, 0) });
  };

const argument =
  (name: string): Read =>
  (op) => {
    const [axis] = integers(op, 1, 1);
    const { shape } = typeOf(op, 0);
    return finish(op, name, [input(op, 0)], { axis: axisOf(op, axis, shape.length), keepDims: false });
  };

/** x / √max(Σ x², ε) over the last axis. */
const l2Normalization: Read = (op) => {
  if (op.outputTypes[0].quant) throw unsupported(op, 'integers');
  const x = input(op, 0);
  const axes = [axisOf(op, -1, typeOf(op, 0).shape.length)];
  const sum = step(op, 'ReduceSum', [step(op, 'Mul', [x, x])], { axes, keepDims: true });
  const least = op.builder.constant(`${op.name}.least`, tensor('float32', [], [leastSquare]));
  return finish(op, 'Mul', [x, step(op, 'Rsqrt', [step(op, 'Max', [sum, least])])]);
};

const readLrn: Read = (op) => {
  const size = 2 * int(op, 0) + 1;
  const [bias, alpha, beta] = [1, 2, 3].map((slot) => op.options?.float(slot) ?? 0);
  return finish(op, 'LRN', [input(op, 0)], { size, bias, alpha: alpha * size, beta });
};

export const reads = {
  MEAN: reduce('ReduceMean'),
  SUM: reduce('ReduceSum'),
  REDUCE_MAX: reduce('ReduceMax'),
  REDUCE_MIN: reduce('ReduceMin'),
  REDUCE_PROD: reduce('ReduceProd'),
  ARG_MAX: argument('ArgMax'),
  ARG_MIN: argument('ArgMin'),
  L2_NORMALIZATION: l2Normalization,
  LOCAL_RESPONSE_NORMALIZATION: readLrn,
};

/** Parameters of the result that an int8 operator can give it: its own, or none but those of its operand. */
type OwnScale = 'own' | 'kept' | 'real';

const reduction =
  (builtin: string, own: OwnScale): Write =>
  (out, node) => {
    const { axes, keepDims } = node.attrs as { axes: readonly number[]; keepDims: boolean };
    const y = out.type(node.outputs[0]);
    const x = own === 'real' ? out.real(out.operand(node, 0)) : out.operand(node, 0);
    const { dtype, quant } = own === 'own' ? y : out.typeOf(x);
    const type = { dtype, shape: y.shape, ...(quant && { quant }) };
    const opts = options(optionTables.reducer, byte(keepDims));
    return [out.like(out.emit(builtin, [x, out.ints('axes', axes)], type, opts), y)];
  };

const int32Id = 2;

const position =
  (builtin: string, table: number): Write =>
  (out, node) => {
    const { axis, selectLast } = node.attrs as { axis: number; selectLast: boolean };
    if (selectLast) throw cannotWrite(node, 'the last of equals');
    const y = out.type(node.outputs[0]);
    const x = out.operand(node, 0);
    const shape = out.typeOf(x).shape.filter((_, i) => i !== axis);
    const at = out.constant('axis', tensor('int32', [], [axis]));
    const made = out.emit(builtin, [x, at], { dtype: 'int32', shape }, options(table, byte(int32Id)));
    return [node.attrs.keepDims ? out.reshape(made, y.shape) : made];
  };

const writeLrn: Write = (out, node) => {
  const { size, alpha, beta, bias } = node.attrs as Record<string, number>;
  if (size % 2 === 0) throw cannotWrite(node, 'an even size');
  const fields = [word((size - 1) / 2), float(bias), float(alpha / size), float(beta)];
  const opts = options(optionTables.localResponseNormalization, ...fields);
  return [out.emit('LOCAL_RESPONSE_NORMALIZATION', [out.operand(node, 0)], out.type(node.outputs[0]), opts)];
};

export const writes = {
  LRN: writeLrn,
  ReduceMean: reduction('MEAN', 'own'),
  ReduceSum: reduction('SUM', 'own'),
  ReduceMax: reduction('REDUCE_MAX', 'kept'),
  ReduceMin: reduction('REDUCE_MIN', 'kept'),
  ReduceProd: reduction('REDUCE_PROD', 'real'),
  ArgMax: position('ARG_MAX', optionTables.argMax),
  ArgMin: position('ARG_MIN', optionTables.argMin),
};
