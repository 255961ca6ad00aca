import { EdgecError } from '../../../../../core/index.ts';
import type { NodeImport } from '../../node-import.ts';
import { type Comparison, comparisons } from './decision.ts';
import { exactTensor, realsOf } from './exact-tensor.ts';
import { type Branch, isLeaf, type SourceTrees, type Weight } from './flat-trees.ts';

/** `values`, of which there have to be `count`. Throws E_OP_ATTRIBUTE. */
function counted<T>(values: readonly T[], count: number, name: string): readonly T[] {
  if (values.length === count) return values;
  throw new EdgecError('E_OP_ATTRIBUTE', `attribute '${name}' has another length`, {
    expected: `${count}`,
    found: `${values.length}`,
  });
}

const lacking = (what: string, found: string): EdgecError =>
  new EdgecError('E_GRAPH_INVALID', `the trees lack ${what}`, { found });

function comparisonOf(mode: string): Comparison {
  if ((comparisons as readonly string[]).includes(mode)) return mode as Comparison;
  throw new EdgecError('E_OP_ATTRIBUTE', 'a node of the trees has an unknown mode', {
    expected: `LEAF, ${comparisons.join(', ')}`,
    found: mode,
  });
}

function checked(branch: Branch): Branch {
  if (Number.isNaN(branch.threshold)) {
    throw new EdgecError('E_MODEL_NAN', 'a threshold of the trees is not a number', {
      expected: 'a number',
      found: 'NaN',
    });
  }
  return branch;
}

/** Throws E_OP_SHAPE where a branch tests a column that the input does not have. */
function checkFeatures(nodes: SourceTrees['nodes'], columns: number): void {
  let [least, greatest] = [0, 0];
  for (const node of nodes) {
    if (isLeaf(node)) continue;
    least = Math.min(least, node.feature);
    greatest = Math.max(greatest, node.feature);
  }
  if (least >= 0 && greatest < columns) return;
  throw new EdgecError('E_OP_SHAPE', 'the trees test a column that the input does not have', {
    expected: least < 0 ? `column 0 to ${columns - 1}` : `an input of ${greatest + 1} columns or more`,
    found: least < 0 ? `${least}` : `${columns}`,
    remedy: 'an input of unknown width is given one with --shape',
  });
}

function targetId(id: number, count: number): number {
  if (id >= 0 && id < count) return id;
  throw new EdgecError('E_OP_ATTRIBUTE', 'a leaf of the trees scores a target that is not there', {
    expected: `0 to ${count - 1}`,
    found: `${id}`,
  });
}

/** Trees of TreeEnsembleClassifier and TreeEnsembleRegressor; `prefix` is that of the leaves' attributes. */
export function namedTrees(
  node: NodeImport,
  prefix: 'class' | 'target',
  columns: number,
  targets: number,
): SourceTrees {
  const { attrs } = node;
  const trees = attrs.ints('nodes_treeids');
  const list = (name: string): readonly number[] => counted(attrs.ints(name), trees.length, name);
  const [ids, tested, yes, no] = ['nodeids', 'featureids', 'truenodeids', 'falsenodeids'].map((name) =>
    list(`nodes_${name}`),
  );
  const modes = counted(attrs.strings('nodes_modes'), trees.length, 'nodes_modes');
  const thresholds = counted(realsOf(node, 'nodes_values'), trees.length, 'nodes_values');
  const missingName = 'nodes_missing_value_tracks_true';
  const missing = attrs.ints(missingName, []).length > 0 ? list(missingName) : [];
  const indexOf = new Map<string, number>();
  const roots: number[] = [];
  const seen = new Set<number>();
  for (const [i, tree] of trees.entries()) {
    const key = `${tree}:${ids[i]}`;
    if (indexOf.has(key))
      throw new EdgecError('E_GRAPH_INVALID', 'two nodes of a tree have one id', { found: key });
    indexOf.set(key, i);
    if (!seen.has(tree)) roots.push(i);
    seen.add(tree);
  }
  const find = (tree: number, id: number): number => {
    const index = indexOf.get(`${tree}:${id}`);
    if (index === undefined) throw lacking('a node', `node ${id} of tree ${tree}`);
    return index;
  };
  const leaves = leafWeights(node, prefix, targets, find);
  const nodes = modes.map((mode, i): Branch | readonly Weight[] =>
    mode === 'LEAF'
      ? (leaves.get(i) ?? [])
      : checked({
          comparison: comparisonOf(mode),
          threshold: thresholds[i],
          missing: missing[i] === 1,
          feature: tested[i],
          yes: find(trees[i], yes[i]),
          no: find(trees[i], no[i]),
        }),
  );
  checkFeatures(nodes, columns);
  return { nodes, roots };
}

/** What leaves score, by the index of the node. */
function leafWeights(
  node: NodeImport,
  prefix: string,
  targets: number,
  find: (tree: number, id: number) => number,
): Map<number, Weight[]> {
  const trees = node.attrs.ints(`${prefix}_treeids`);
  const list = (name: string): readonly number[] => counted(node.attrs.ints(name), trees.length, name);
  const [nodes, ids] = [list(`${prefix}_nodeids`), list(`${prefix}_ids`)];
  const values = counted(realsOf(node, `${prefix}_weights`), trees.length, `${prefix}_weights`);
  const leaves = new Map<number, Weight[]>();
  for (const [i, tree] of trees.entries()) {
    const index = find(tree, nodes[i]);
    const weights = leaves.get(index) ?? [];
    leaves.set(index, weights);
    weights.push({ target: targetId(ids[i], targets), value: values[i] });
  }
  return leaves;
}

/** Trees of TreeEnsemble-5, whose leaves are counted apart from its branches. */
export function indexedTrees(node: NodeImport, columns: number, targets: number): SourceTrees {
  const { attrs } = node;
  const tested = attrs.ints('nodes_featureids');
  const count = tested.length;
  const list = (name: string): readonly number[] => counted(attrs.ints(name), count, name);
  const modes = counted(exactTensor(node, 'nodes_modes') ?? [], count, 'nodes_modes');
  const thresholds = counted(exactTensor(node, 'nodes_splits') ?? [], count, 'nodes_splits');
  const missingName = 'nodes_missing_value_tracks_true';
  const missing = attrs.ints(missingName, []).length > 0 ? list(missingName) : [];
  const ids = attrs.ints('leaf_targetids');
  const weights = counted(exactTensor(node, 'leaf_weights') ?? [], ids.length, 'leaf_weights');
  const side = (name: string): ((i: number) => number) => {
    const [at, leafs] = [list(`nodes_${name}nodeids`), list(`nodes_${name}leafs`)];
    return (i) => {
      const known = at[i] >= 0 && at[i] < (leafs[i] ? ids.length : count);
      if (!known) throw lacking(leafs[i] ? 'a leaf' : 'a node', `${at[i]}`);
      return leafs[i] ? count + at[i] : at[i];
    };
  };
  const [yes, no] = [side('true'), side('false')];
  const sets = memberSets(node)[Symbol.iterator]();
  const branches = tested.map((feature, i): Branch => {
    const comparison = comparisonOf(comparisons[modes[i]] ?? `${modes[i]}`);
    const members = comparison === 'BRANCH_MEMBER' ? sets.next().value : undefined;
    if (comparison === 'BRANCH_MEMBER' && !members) throw lacking('members', `node ${i}`);
    const threshold = members ? 0 : thresholds[i];
    const question = { comparison, threshold, members, missing: missing[i] === 1 };
    return checked({ ...question, feature, yes: yes(i), no: no(i) });
  });
  checkFeatures(branches, columns);
  const leaves = ids.map((id, i) => [{ target: targetId(id, targets), value: weights[i] }]);
  return { nodes: [...branches, ...leaves], roots: rootsOf(node, branches) };
}

/** A tree that is one leaf is written as a branch with that leaf on both sides. */
function rootsOf(node: NodeImport, branches: readonly Branch[]): number[] {
  return node.attrs.ints('tree_roots').map((root) => {
    const branch = branches[root];
    if (!branch) throw lacking('a root', `${root}`);
    return branch.yes === branch.no ? branch.yes : root;
  });
}

/** The sets of the MEMBER nodes in their order, each ended by NaN. */
function memberSets(node: NodeImport): number[][] {
  const sets: number[][] = [];
  let set: number[] = [];
  for (const value of exactTensor(node, 'membership_values') ?? []) {
    if (!Number.isNaN(value)) set.push(value);
    else {
      if (set.length === 0) throw lacking('members', 'an empty set');
      sets.push(set);
      set = [];
    }
  }
  return set.length > 0 ? [...sets, set] : sets;
}
