import { EdgecError, type ErrorCode } from '../../../../core/index.ts';
import type { ValueId } from '../../../graph/index.ts';
import type { Importer, Importers, NodeImport } from '../node-import.ts';

type Cell = 'lstm' | 'gru' | 'rnn';

const activations: Readonly<Record<string, string>> = {
  Sigmoid: 'sigmoid',
  Tanh: 'tanh',
  Relu: 'relu',
  HardSigmoid: 'hardSigmoid',
  Softsign: 'softsign',
};

const defaults: Readonly<Record<Cell, readonly string[]>> = {
  lstm: ['Sigmoid', 'Tanh', 'Tanh'],
  gru: ['Sigmoid', 'Tanh'],
  rnn: ['Tanh'],
};

/** Activations f, g and h of one direction. */
function activationsOf(node: NodeImport, cell: Cell, direction: number): Record<string, string> {
  const count = defaults[cell].length;
  const given = node.attrs.strings('activations', [...defaults[cell], ...defaults[cell]]);
  if (given.length < count * directionsOf(node))
    throw misfit(node, 'E_OP_ATTRIBUTE', 'activations', count * directionsOf(node), given.length);
  const parameters = ['activation_alpha', 'activation_beta'].some((name) => node.attrs.has(name));
  const names = given.slice(direction * count, (direction + 1) * count);
  const entries = names.map((name, i) => {
    const known = activations[name];
    if (!known || (parameters && known === 'hardSigmoid')) throw node.unsupported(`activation '${name}'`);
    return [['f', 'g', 'h'][i], known] as const;
  });
  return Object.fromEntries(entries);
}

function checkSize(node: NodeImport): void {
  const size = node.shape(node.input(2)).at(-1) ?? 0;
  const stated = node.attrs.int('hidden_size', size);
  if (stated !== size) throw misfit(node, 'E_OP_ATTRIBUTE', 'hidden_size and the weights', size, stated);
}

/** Sequences all have the length of the input. */
function checkLengths(node: NodeImport, time: number): void {
  const lengths = node.optionalNumbers(4, 'sequence_lens');
  if (lengths?.some((length) => length !== time)) throw node.unsupported('sequences of different lengths');
}

const misfit = (
  node: NodeImport,
  code: ErrorCode,
  what: string,
  expected: number,
  found: number,
): EdgecError =>
  new EdgecError(code, `${what} of ${node.op} do not fit`, {
    expected: `${expected}`,
    found: `${found}`,
    where: node.name,
  });

const directionsOf = (node: NodeImport): number =>
  node.attrs.string('direction', 'forward') === 'bidirectional' ? 2 : 1;

/** Part `direction` of an operand [directions, …], without that axis. Throws E_OP_SHAPE. */
function part(node: NodeImport, id: ValueId | undefined, direction: number): ValueId | undefined {
  if (id === undefined) return undefined;
  const shape = node.shape(id);
  if (shape[0] !== directionsOf(node))
    throw misfit(node, 'E_OP_SHAPE', 'directions of an operand', directionsOf(node), shape[0]);
  if (shape[0] === 1) return node.reshape(id, shape.slice(1));
  return node.emit('Gather', [id, node.intConstant([], [direction])], { axis: 0 });
}

interface Results {
  y: ValueId;
  hidden: ValueId;
  cell: ValueId;
}

function direction(
  node: NodeImport,
  cell: Cell,
  x: ValueId,
  k: number,
  reverse: boolean,
  batchFirst: boolean,
): Results {
  const state = (i: number): ValueId | undefined => {
    const id = node.optional(i);
    return part(node, id !== undefined && batchFirst ? node.transpose(id, [1, 0, 2]) : id, k);
  };
  const inputs = [
    x,
    part(node, node.input(1), k),
    part(node, node.input(2), k),
    part(node, node.optional(3), k),
    cell === 'lstm' ? part(node, node.optional(7), k) : undefined,
    state(5),
    cell === 'lstm' ? state(6) : undefined,
  ];
  const [y, hidden, last] = node.emitAll('Recurrent', inputs, {
    cell,
    ...activationsOf(node, cell, k),
    reverse,
    linearBeforeReset: node.attrs.flag('linear_before_reset', false),
    ...(node.attrs.has('clip') && { clip: node.attrs.float('clip') }),
  });
  return { y, hidden, cell: last };
}

/** One op a direction; their results are joined on an axis of directions. */
const recurrent =
  (cell: Cell): Importer =>
  (node) => {
    if (node.attrs.flag('input_forget', false)) throw node.unsupported('coupled gates');
    const batchFirst = node.attrs.flag('layout', false);
    const x = batchFirst ? node.transpose(node.input(0), [1, 0, 2]) : node.input(0);
    if (node.rank(x) !== 3)
      throw new EdgecError('E_OP_SHAPE', `input of ${node.op} is no sequence`, {
        expected: 'rank 3',
        found: `[${node.shape(x)}]`,
        where: node.name,
      });
    checkSize(node);
    checkLengths(node, node.shape(x)[0]);
    const name = node.attrs.string('direction', 'forward');
    const reversed = { forward: [false], reverse: [true], bidirectional: [false, true] }[name];
    if (!reversed) throw node.unsupported(`direction '${name}'`);
    const results = reversed.map((reverse, k) => direction(node, cell, x, k, reverse, batchFirst));
    const join = (ids: readonly ValueId[], axis: number): ValueId => {
      const parts = ids.map((id) => node.reshape(id, node.shape(id).toSpliced(axis, 0, 1)));
      return parts.length === 1 ? parts[0] : node.emit('Concat', parts, { axis });
    };
    const y = join(
      results.map((r) => r.y),
      1,
    );
    const states = [results.map((r) => r.hidden), results.map((r) => r.cell)].map((ids) => {
      const joined = join(ids, 0);
      return batchFirst ? node.transpose(joined, [1, 0, 2]) : joined;
    });
    return [batchFirst ? node.transpose(y, [2, 0, 1, 3]) : y, ...states].slice(0, cell === 'lstm' ? 3 : 2);
  };

export const recurrentImporters: Importers = {
  LSTM: recurrent('lstm'),
  GRU: recurrent('gru'),
  RNN: recurrent('rnn'),
};
