import { Random } from '../../src/core/index.ts';
import { floatTensor, type MlAttribute, uint8Tensor } from './onnx-ml.ts';

export interface ForestOptions {
  readonly trees: number;
  readonly depth: number;
  readonly features: number;
  readonly targets: number;
  readonly prefix: 'class' | 'target';
  /** Modes that branches may have. */
  readonly modes?: readonly string[];
  /** Weights of a leaf: one for each target, or one for some target. */
  readonly dense?: boolean;
  /** Targets that leaves score. */
  readonly scored?: readonly number[];
  readonly weight?: (random: Random) => number;
  readonly missing?: boolean;
  /** Branches end early. */
  readonly ragged?: boolean;
}

/** Values that thresholds are drawn from, so that rows meet them exactly. */
export const grid: readonly number[] = [-1.5, -1, -0.5, 0, 0.25, 0.5, 1, 1.5];

/** Attributes of a seeded random forest in the form of TreeEnsembleClassifier and TreeEnsembleRegressor. */
export function randomForest(seed: number, options: ForestOptions): Record<string, MlAttribute> {
  const { trees, depth, features, targets, prefix, modes = ['BRANCH_LEQ'], ragged = true } = options;
  const random = new Random(seed);
  const nodes = {
    treeids: [] as number[],
    nodeids: [] as number[],
    featureids: [] as number[],
    modes: [] as string[],
    values: [] as number[],
    truenodeids: [] as number[],
    falsenodeids: [] as number[],
    missing: [] as number[],
  };
  const leaves = {
    treeids: [] as number[],
    nodeids: [] as number[],
    ids: [] as number[],
    weights: [] as number[],
  };
  const scored = options.scored ?? Array.from({ length: targets }, (_, i) => i);
  const weight = options.weight ?? ((r: Random) => r.normal());
  for (let tree = 0; tree < trees; tree++) {
    let count = 0;
    const grow = (left: number): number => {
      const id = count++;
      const at = nodes.treeids.push(tree) - 1;
      nodes.nodeids.push(id);
      const isLeaf = left === 0 || (ragged && left < depth && random.int(0, 5) === 0);
      nodes.modes.push(isLeaf ? 'LEAF' : random.pick(modes));
      nodes.featureids.push(isLeaf ? 0 : random.int(0, features - 1));
      nodes.values.push(isLeaf ? 0 : random.pick([random.pick(grid), Math.fround(random.normal())]));
      nodes.missing.push(options.missing && !isLeaf ? random.int(0, 1) : 0);
      nodes.truenodeids.push(0);
      nodes.falsenodeids.push(0);
      if (isLeaf) {
        for (const target of options.dense ? scored : [random.pick(scored)]) {
          leaves.treeids.push(tree);
          leaves.nodeids.push(id);
          leaves.ids.push(target);
          leaves.weights.push(Math.fround(weight(random)));
        }
        return id;
      }
      nodes.truenodeids[at] = grow(left - 1);
      nodes.falsenodeids[at] = grow(left - 1);
      return id;
    };
    grow(depth);
  }
  return {
    nodes_treeids: nodes.treeids,
    nodes_nodeids: nodes.nodeids,
    nodes_featureids: nodes.featureids,
    nodes_modes: { strings: nodes.modes },
    nodes_values: { floats: nodes.values },
    nodes_truenodeids: nodes.truenodeids,
    nodes_falsenodeids: nodes.falsenodeids,
    ...(options.missing && { nodes_missing_value_tracks_true: nodes.missing }),
    [`${prefix}_treeids`]: leaves.treeids,
    [`${prefix}_nodeids`]: leaves.nodeids,
    [`${prefix}_ids`]: leaves.ids,
    [`${prefix}_weights`]: { floats: leaves.weights },
  };
}

/** Rows of values on and off the thresholds, NaN and infinities among them where wanted. */
export function randomRows(seed: number, rows: number, features: number, odd = true): Float32Array {
  const random = new Random(seed);
  const odds = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  return Float32Array.from({ length: rows * features }, () => {
    const kind = random.int(0, 15);
    if (odd && kind === 0) return random.pick(odds);
    return kind < 6 ? random.pick(grid) : random.normal();
  });
}

const modeIds = [
  'BRANCH_LEQ',
  'BRANCH_LT',
  'BRANCH_GTE',
  'BRANCH_GT',
  'BRANCH_EQ',
  'BRANCH_NEQ',
  'BRANCH_MEMBER',
];

/** Targets of `randomForest` as attributes of TreeEnsemble-5; members of a set are integers drawn from `seed`. */
export function indexedForest(
  seed: number,
  forest: Record<string, MlAttribute>,
): Record<string, MlAttribute> {
  const random = new Random(seed);
  const ints = (name: string): readonly number[] => forest[name] as readonly number[];
  const floats = (name: string): readonly number[] => (forest[name] as { floats: number[] }).floats;
  const modes = (forest.nodes_modes as { strings: string[] }).strings;
  const keyOf = (tree: number, id: number): string => `${tree}:${id}`;
  const branchOf = new Map<string, number>();
  const leafOf = new Map<string, number>();
  modes.forEach((mode, i) => {
    const key = keyOf(ints('nodes_treeids')[i], ints('nodes_nodeids')[i]);
    if (mode !== 'LEAF') branchOf.set(key, branchOf.size);
  });
  ints('target_treeids').forEach((tree, i) => void leafOf.set(keyOf(tree, ints('target_nodeids')[i]), i));
  const at = modes.flatMap((mode, i) => (mode === 'LEAF' ? [] : [i]));
  const side = (name: string, leafs: string): Record<string, readonly number[]> => {
    const keys = at.map((i) => keyOf(ints('nodes_treeids')[i], ints(`nodes_${name}nodeids`)[i]));
    return {
      [`nodes_${name}nodeids`]: keys.map((key) => branchOf.get(key) ?? (leafOf.get(key) as number)),
      [leafs]: keys.map((key) => (leafOf.has(key) ? 1 : 0)),
    };
  };
  const roots = at.filter((i) => ints('nodes_nodeids')[i] === 0);
  const members = at.flatMap((i) =>
    modes[i] === 'BRANCH_MEMBER'
      ? [...Array.from({ length: random.int(1, 5) }, () => random.int(-2, 2)), Number.NaN]
      : [],
  );
  return {
    nodes_splits: {
      t: floatTensor(
        'splits',
        at.map((i) => floats('nodes_values')[i]),
      ),
    },
    nodes_modes: {
      t: uint8Tensor(
        'modes',
        at.map((i) => modeIds.indexOf(modes[i])),
      ),
    },
    nodes_featureids: at.map((i) => ints('nodes_featureids')[i]),
    nodes_missing_value_tracks_true: at.map((i) => ints('nodes_missing_value_tracks_true')[i]),
    ...side('true', 'nodes_trueleafs'),
    ...side('false', 'nodes_falseleafs'),
    tree_roots: roots.map((i) => branchOf.get(keyOf(ints('nodes_treeids')[i], 0)) as number),
    leaf_targetids: ints('target_ids'),
    leaf_weights: { t: floatTensor('weights', floats('target_weights')) },
    membership_values: { t: floatTensor('members', members) },
  };
}
