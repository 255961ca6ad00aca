import { f32, multiplierLimit, opByName, type QuantParams } from '../../core/index.ts';
import { type Graph, type Node, type ValueId, valueOf } from '../graph/index.ts';
import { activationParams, type Range, weightScales } from './parameters.ts';

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
    const range = merged.get(root);
    const least = range && !fixed.has(root) ? leastScale(graph, node, paramsOf) : undefined;
    if (range && least !== undefined) shared.set(root, activationParams(range, least));
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

/** The scale of an output whose own is too small for its accumulator, as where it was never other than zero. */
function leastScale(
  graph: Graph,
  { op, inputs, outputs }: Node,
  paramsOf: (id: ValueId) => QuantParams | undefined,
): number | undefined {
  const rule = opByName(op).quantize;
  if (rule?.kind !== 'accumulate') return undefined;
  const [x, w, b] = inputs as [ValueId, ValueId, ValueId | undefined];
  const [input, output] = [paramsOf(x), paramsOf(outputs[0])];
  const weight = valueOf(graph, w).constant;
  if (!input || !output || !weight) return undefined;
  const bias = b === undefined ? undefined : valueOf(graph, b).constant;
  const scales = weightScales(weight, bias, input.scale[0], rule.weightAxis);
  const accumulator = f32(input.scale[0] * scales.reduce((p, q) => Math.max(p, q), 0));
  const fits = f32(accumulator / output.scale[0]) < multiplierLimit;
  return fits ? undefined : accumulator * stepsPerLevel;
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
