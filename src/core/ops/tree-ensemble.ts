import { defineOp, f32, type OpSample } from '../define-op.ts';
import { EdgecError } from '../errors.ts';
import type { Random } from '../random.ts';
import { type Tensor, type TensorType, tensor } from '../tensor.ts';
import { randomFloat } from './sample-tensors.ts';
import { operand } from './spatial.ts';

const table = (name: string) => ({ name, dtypes: ['int32'], constant: true }) as const;

function infer(types: readonly (TensorType | undefined)[], targets: number): TensorType[] {
  const [rows, features] = operand(types[0], 'x', 2).shape;
  const nodes = operand(types[1], 'thresholds', 1).shape[0];
  const ports = ['features', 'children', 'roots', 'leafStarts', 'targets', 'weights', 'base'];
  const [tested, children, , starts, ids, weights, base] = ports.map(
    (port, i) => operand(types[i + 2], port, 1).shape[0],
  );
  const fits = tested === nodes && children === nodes && starts >= 1 && ids === weights && base === targets;
  if (!fits || targets < 1 || features < 1) {
    throw new EdgecError('E_OP_SHAPE', 'the tables of the trees do not fit each other', {
      expected: `${nodes} nodes, as many targets as weights, ${targets} base values`,
      found: `${tested} features, ${children} children, ${ids} targets, ${weights} weights, ${base} base values`,
    });
  }
  return [{ dtype: 'float32', shape: [rows, targets] }];
}

const combine = {
  sum: (a: number, b: number) => f32(a + b),
  average: (a: number, b: number) => f32(a + b),
  min: Math.min,
  max: Math.max,
} as const;

export const treeEnsemble = defineOp({
  name: 'TreeEnsemble',
  summary:
    'Scores of decision trees. A node leads to the second of two adjacent children where its feature is at least its threshold, else, and for NaN, to the first.',
  source: 'ONNX ai.onnx.ml TreeEnsemble-5, every comparison brought to this one',
  inputs: [
    { name: 'x', dtypes: ['float32'] },
    { name: 'thresholds', dtypes: ['float32'], constant: true, unbounded: true },
    /** The feature that a node tests, or ~feature where its negated value is tested. */
    table('features'),
    /** The first of a node's two children, which lie behind it; ~leaf where the node is a leaf. */
    table('children'),
    table('roots'),
    /** Where the weights of each leaf start, and where the last ones end. */
    table('leafStarts'),
    table('targets'),
    { name: 'weights', dtypes: ['float32'], constant: true },
    { name: 'base', dtypes: ['float32'], constant: true },
  ],
  outputs: [{ name: 'scores', dtypes: ['float32'] }],
  attrs: {
    targetCount: { kind: 'int' },
    aggregate: { kind: 'enum', values: ['sum', 'average', 'min', 'max'], default: 'sum' },
    /** A target that no leaf scores is −∞ instead of its base value. */
    markUnscored: { kind: 'bool', default: false },
  },
  infer: (types, { targetCount }) => infer(types, targetCount),
  evaluate(operands, { targetCount, aggregate, markUnscored }, [y]) {
    const [x, thresholds, features, children, roots, starts, targets, weights, base] = operands.map(
      (t) => (t as Tensor).data as Float32Array,
    );
    const join = combine[aggregate];
    const width = (operands[0] as Tensor).shape[1];
    const scores = new Float32Array(targetCount);
    const scored = new Uint8Array(targetCount);
    for (let row = 0; row * width < x.length; row++) {
      scores.fill(0);
      scored.fill(0);
      for (const root of roots) {
        let node = root;
        while (children[node] > node) {
          const f = features[node];
          const v = f < 0 ? -x[row * width + ~f] : x[row * width + f];
          node = children[node] + (v >= thresholds[node] ? 1 : 0);
        }
        const leaf = ~children[node];
        for (let i = starts[leaf]; i < starts[leaf + 1]; i++) {
          const target = targets[i];
          scores[target] = scored[target] ? join(scores[target], weights[i]) : weights[i];
          scored[target] = 1;
        }
      }
      for (let t = 0; t < targetCount; t++) {
        const score = aggregate === 'average' ? f32(scores[t] / roots.length) : scores[t];
        y.data[row * targetCount + t] =
          markUnscored && !scored[t] ? Number.NEGATIVE_INFINITY : score + base[t];
      }
    }
  },
  cost: ([x, thresholds, , , roots]) => {
    const [trees, nodes] = [roots?.shape[0] ?? 0, thresholds?.shape[0] ?? 0];
    const depth = Math.log2(1 + nodes / Math.max(1, trees));
    return { macs: Math.ceil((x?.shape[0] ?? 0) * trees * depth) };
  },
  accuracy: { kind: 'exact' },
  samples: (random) => [
    {
      inputs: forest(random, { rows: 1, features: 3, trees: 1, depth: 0, targets: 1 }),
      attrs: { targetCount: 1 },
    },
    ...(['sum', 'average', 'min', 'max'] as const).flatMap((aggregate): OpSample[] => [
      {
        inputs: forest(random, { rows: 37, features: 5, trees: 9, depth: 4, targets: 3 }),
        attrs: { targetCount: 3, aggregate, markUnscored: aggregate !== 'min' },
      },
      {
        inputs: forest(random, { rows: 1, features: 2, trees: 21, depth: 7, targets: 1 }),
        attrs: { targetCount: 1, aggregate },
      },
    ]),
  ],
});

interface ForestSize {
  rows: number;
  features: number;
  trees: number;
  depth: number;
  targets: number;
}

/** Random trees, of which some branches end early, on values that meet thresholds, NaN and infinities among them. */
function forest(random: Random, { rows, features, trees, depth, targets }: ForestSize): Tensor[] {
  const edges = [0, 0.5, -0.5, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const x = randomFloat(random, [rows, features]);
  for (let i = 0; i < x.data.length; i += 3) x.data[i] = random.pick(edges);
  const nodes: { threshold: number; feature: number; child: number }[] = [];
  const starts = [0];
  const leaves: { target: number; weight: number }[] = [];
  const grow = (at: number, left: number): void => {
    if (left === 0 || random.int(0, 7) === 0) {
      nodes[at] = { threshold: 0, feature: 0, child: ~(starts.length - 1) };
      for (let n = random.int(0, targets); n > 0; n--)
        leaves.push({ target: random.int(0, targets - 1), weight: f32(random.normal()) });
      starts.push(leaves.length);
      return;
    }
    const feature = random.int(0, features - 1);
    const threshold = f32(random.pick([random.normal(), random.pick(edges.filter((v) => !Number.isNaN(v)))]));
    const child = nodes.length;
    nodes[at] = { threshold, feature: random.int(0, 1) ? feature : ~feature, child };
    nodes.length += 2;
    for (const side of [child, child + 1]) grow(side, left - 1);
  };
  const roots = Array.from({ length: trees }, () => {
    const root = nodes.length++;
    grow(root, depth);
    return root;
  });
  const ints = (values: number[]): Tensor => tensor('int32', [values.length], values);
  const reals = (values: number[]): Tensor => tensor('float32', [values.length], values);
  return [
    x,
    reals(nodes.map((n) => n.threshold)),
    ints(nodes.map((n) => n.feature)),
    ints(nodes.map((n) => n.child)),
    ints(roots),
    ints(starts),
    ints(leaves.map((l) => l.target)),
    reals(leaves.map((l) => l.weight)),
    randomFloat(random, [targets]),
  ];
}
