import { f32, multiplierLimit, opByName, type QuantParams } from '../../core/index.ts';
import { type Graph, type Node, type ValueId, valueOf } from '../graph/index.ts';
import { activationParams, type Range, rangeOf, weightScales } from './parameters.ts';

/** Sets of values that share parameters because bytes only move between them. */
class Groups {
  readonly #parent = new Map<ValueId, ValueId>();

  root(id: ValueId): ValueId {
    let at = id;
    for (let up = this.#parent.get(at); up !== undefined; up = this.#parent.get(at)) at = up;
    return at;
  }

  join(a: ValueId, b: ValueId): void {
    const [ra, rb] = [this.root(a), this.root(b)];
    if (ra !== rb) this.#parent.set(rb, ra);
  }
}

const sameFixed = (a: QuantParams, b: QuantParams): boolean =>
  a.scale[0] === b.scale[0] && a.zeroPoint[0] === b.zeroPoint[0];

/** Parameters of every float value of `graph`, out of observed ranges and the known ranges of ops. `real` nodes bind nothing. */
export function assignParameters(
  graph: Graph,
  ranges: ReadonlyMap<ValueId, Range>,
  real: ReadonlySet<Node> = new Set(),
): Map<ValueId, QuantParams> {
  const fixed = fixedParameters(graph);
  const groups = new Groups();
  for (const node of graph.nodes) {
    if (real.has(node) || opByName(node.op).quantize?.kind !== 'same-scale') continue;
    joinOperands(groups, fixed, floatValues(graph, node.inputs), floatValues(graph, node.outputs));
  }
  const merged = new Map<ValueId, Range>();
  for (const [id, range] of ranges) {
    const root = groups.root(id);
    const known = merged.get(root);
    merged.set(
      root,
      known ? { min: Math.min(known.min, range.min), max: Math.max(known.max, range.max) } : range,
    );
  }
  const shared = new Map([...merged].map(([root, range]) => [root, activationParams(range)]));
  for (const [id, known] of fixed) shared.set(id, known);
  const paramsOf = (id: ValueId): QuantParams | undefined => shared.get(groups.root(id));
  for (const node of graph.nodes) {
    const root = groups.root(node.outputs[0]);
    const [range, known] = [merged.get(root), shared.get(root)];
    if (!range || !known || fixed.has(root)) continue;
    const step = accumulatorScale(graph, node, paramsOf);
    if (step !== undefined && f32(step / known.scale[0]) >= multiplierLimit)
      shared.set(root, activationParams(range, step * stepsPerLevel));
  }
  const params = new Map<ValueId, QuantParams>();
  for (const id of graph.values.keys()) {
    const known = paramsOf(id);
    if (known) params.set(id, known);
  }
  return params;
}

/** Steps of an accumulator in one of its result: about so many hold a product of the greatest input and weight. */
const stepsPerLevel = 128;

/** The greatest scale of the integers that a node requantises to its output. */
function accumulatorScale(
  graph: Graph,
  { op, inputs, outputs }: Node,
  paramsOf: (id: ValueId) => QuantParams | undefined,
): number | undefined {
  const rule = opByName(op).quantize;
  const values = inputs.map((id) => (id === undefined ? undefined : valueOf(graph, id)));
  const constants = values.map((value) => value?.constant);
  const scaleOf = (i: number): number | undefined => {
    const constant = constants[i];
    return (constant ? activationParams(rangeOf(constant)) : paramsOf(inputs[i] as ValueId))?.scale[0];
  };
  if (rule?.kind === 'accumulate') {
    const [x, [, weight, bias]] = [scaleOf(0), constants];
    if (x === undefined || !weight) return undefined;
    return f32(x * weightScales(weight, bias, x, rule.weightAxis).reduce((p, q) => Math.max(p, q), 0));
  }
  if (!rule?.accumulatorScale) return undefined;
  const scales = inputs.map((_, i) => scaleOf(i)).filter((scale) => scale !== undefined);
  if (scales.length < inputs.length) return undefined;
  const types = values.map((value) => value?.type);
  return rule.accumulatorScale(scales, types, valueOf(graph, outputs[0]).type);
}

function fixedParameters(graph: Graph): Map<ValueId, QuantParams> {
  const fixed = new Map<ValueId, QuantParams>();
  for (const node of graph.nodes) {
    const known = opByName(node.op).quantize?.fixed;
    if (known) for (const id of node.outputs) fixed.set(id, known);
  }
  return fixed;
}

const floatValues = (graph: Graph, ids: readonly (ValueId | undefined)[]): ValueId[] =>
  ids.filter((id): id is ValueId => {
    const value = id === undefined ? undefined : valueOf(graph, id);
    return value !== undefined && value.type.dtype === 'float32' && value.constant === undefined;
  });

/**
 * Joins what a node reads and makes. Operands with known parameters join where all have the same; beside others,
 * which their range need not hold, they stay apart and are rescaled.
 */
function joinOperands(
  groups: Groups,
  fixed: Map<ValueId, QuantParams>,
  operands: readonly ValueId[],
  results: readonly ValueId[],
): void {
  const known = operands.map((id) => fixed.get(groups.root(id)));
  const [first] = known;
  const agreed = first && known.every((params) => params && sameFixed(params, first)) ? first : undefined;
  const joined = agreed ? operands : operands.filter((_, i) => !known[i]);
  const [root, ...others] = [...results, ...joined];
  for (const id of others) groups.join(root, id);
  if (agreed) fixed.set(groups.root(root), agreed);
}
