import { EdgecError, elementCount, numbers } from '../../../../core/index.ts';
import type { ValueId } from '../../../graph/index.ts';
import type { Importers, NodeImport } from '../node-import.ts';

/** What a condition that is known now says. */
function known(node: NodeImport, id: ValueId | undefined): boolean | undefined {
  const constant = node.constantOf(id);
  return constant && numbers(constant)[0] !== 0;
}

/** A known condition chooses its branch; else both run and the condition selects among results of one shape. */
function branch(node: NodeImport): readonly ValueId[] {
  const condition = node.input(0);
  const run = (name: string): readonly ValueId[] => node.context.inline(node.attrs.graph(name), []);
  const chosen = known(node, condition);
  if (chosen !== undefined) return run(chosen ? 'then_branch' : 'else_branch');
  const [yes, no] = [run('then_branch'), run('else_branch')];
  if (elementCount(node.shape(condition)) !== 1) throw node.unsupported('a condition of many values');
  const flag = node.reshape(condition, []);
  return yes.map((a, i) => {
    const b = no[i];
    if (node.type(a).dtype !== node.type(b).dtype || node.shape(a).join() !== node.shape(b).join())
      throw node.unsupported('branches of different types and a condition that is computed');
    if (node.context.isUnsigned(a) || node.context.isUnsigned(b)) throw node.unsupported('branches of uint8');
    return node.emit('Where', [flag, a, b]);
  });
}

const mostSteps = 1024;

function checkSteps(node: NodeImport, count: number): void {
  if (count <= mostSteps) return;
  throw new EdgecError('E_LIMIT_EXCEEDED', `${node.op} has too many steps`, {
    expected: `at most ${mostSteps}`,
    found: `${count}`,
    where: node.name,
  });
}

const stack = (node: NodeImport, ids: readonly ValueId[], axis = 0): ValueId => {
  const parts = ids.map((id) => node.reshape(id, node.shape(id).toSpliced(axis, 0, 1)));
  return parts.length === 1 ? parts[0] : node.emit('Concat', parts, { axis });
};

/** A loop whose count of steps is known is its body, that many times. */
function loop(node: NodeImport): readonly ValueId[] {
  const body = node.attrs.graph('body');
  const trips = node.optionalScalar(0, 'trip count') ?? Number.POSITIVE_INFINITY;
  let carried = node.proto.input.slice(2).map((_, i) => node.input(2 + i));
  const scanned: ValueId[][] = [];
  let goesOn = node.optional(1) === undefined || known(node, node.optional(1));
  for (let step = 0; goesOn && step < trips; step++) {
    checkSteps(node, step + 1);
    const condition = node.boolConstant(true);
    const [next, ...results] = node.context.inline(body, [
      node.intConstant([], [step]),
      condition,
      ...carried,
    ]);
    scanned.push(results.slice(carried.length));
    carried = results.slice(0, carried.length);
    goesOn = known(node, next);
  }
  if (goesOn === undefined) throw node.unsupported('a condition that is computed at run time', 'a constant');
  if (scanned.length === 0 && node.outputCount > carried.length) throw node.unsupported('no step');
  const collected = (scanned[0] ?? []).map((_, i) =>
    stack(
      node,
      scanned.map((results) => results[i]),
    ),
  );
  return [...carried, ...collected];
}

/** The steps along an axis of the scanned inputs, one body each. */
function scan(node: NodeImport): readonly ValueId[] {
  if (node.opset < 9) throw node.unsupported('a batch', 'opset 9');
  const body = node.attrs.graph('body');
  const count = node.attrs.int('num_scan_inputs');
  const given = node.inputs();
  if (count < 1 || count > given.length) {
    throw new EdgecError('E_OP_ATTRIBUTE', 'num_scan_inputs of Scan does not fit its inputs', {
      expected: `1 to ${given.length}`,
      found: `${count}`,
      where: node.name,
    });
  }
  let carried = given.slice(0, given.length - count);
  const inputs = given.slice(given.length - count);
  const outputs = node.outputCount - carried.length;
  const list = (name: string, length: number): readonly number[] =>
    node.attrs.ints(name, new Array(length).fill(0));
  const inputAxes = list('scan_input_axes', count).map((a, i) => node.axis(a, node.rank(inputs[i])));
  const steps = node.shape(inputs[0])[inputAxes[0]];
  checkSteps(node, steps);
  const scanned: ValueId[][] = [];
  for (let step = 0; step < steps; step++) {
    const taken = inputs.map((x, i) => {
      const at = list('scan_input_directions', count)[i] ? steps - 1 - step : step;
      return node.emit('Gather', [x, node.intConstant([], [at])], { axis: inputAxes[i] });
    });
    const results = node.context.inline(body, [...carried, ...taken]);
    carried = results.slice(0, carried.length);
    scanned.push(results.slice(carried.length));
  }
  const collected = Array.from({ length: outputs }, (_, i) => {
    const parts = scanned.map((results) => results[i]);
    const axis = node.axis(list('scan_output_axes', outputs)[i], node.rank(parts[0]) + 1);
    return stack(node, list('scan_output_directions', outputs)[i] ? parts.reverse() : parts, axis);
  });
  return [...carried, ...collected];
}

export const controlImporters: Importers = { If: branch, Loop: loop, Scan: scan };
