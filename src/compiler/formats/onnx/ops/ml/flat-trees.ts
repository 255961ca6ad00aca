import { EdgecError, type Tensor, tensor } from '../../../../../core/index.ts';
import { type Decision, decide, type Question } from './decision.ts';

/** What a leaf adds to a target. */
export interface Weight {
  readonly target: number;
  readonly value: number;
}

export interface Branch extends Question {
  readonly feature: number;
  /** Nodes by their index. */
  readonly yes: number;
  readonly no: number;
}

/** Trees as a model file has them: nodes that lead to others by index. */
export interface SourceTrees {
  readonly nodes: readonly (Branch | readonly Weight[])[];
  readonly roots: readonly number[];
}

export const isLeaf = (node: Branch | readonly Weight[]): node is readonly Weight[] => Array.isArray(node);

/** Throws E_GRAPH_INVALID for a branch that was visited before. */
export function visit(branch: number, visited: Set<number>): void {
  if (visited.has(branch)) {
    throw new EdgecError('E_GRAPH_INVALID', 'two branches of the trees lead to one node', {
      expected: 'trees without cycles',
      found: `node ${branch}`,
    });
  }
  visited.add(branch);
}

/** A node of the source and the slots that it has to fill. */
interface Task {
  source: number;
  slots: number[];
}

/** Lays trees out as the tables of TreeEnsemble: children behind their parents, the two of a node side by side. */
class Flattener {
  readonly thresholds: number[] = [];
  readonly features: number[] = [];
  readonly children: number[] = [];
  readonly starts: number[] = [0];
  readonly weights: Weight[] = [];
  readonly #source: SourceTrees;
  readonly #leaves = new Map<number, number>();
  readonly #visited = new Set<number>();

  constructor(source: SourceTrees) {
    this.#source = source;
  }

  add(root: number): number {
    const first = this.#allocate(1);
    const tasks: Task[] = [{ source: root, slots: [first] }];
    for (let task = tasks.pop(); task; task = tasks.pop()) tasks.push(...this.#place(task));
    return first;
  }

  #allocate(count: number): number {
    const first = this.children.length;
    for (let i = 0; i < count; i++) this.#fill(this.children.push(0) - 1, 0, 0, 0);
    return first;
  }

  #fill(slot: number, threshold: number, feature: number, child: number): void {
    this.thresholds[slot] = threshold;
    this.features[slot] = feature;
    this.children[slot] = child;
  }

  #place({ source, slots }: Task): Task[] {
    const node = this.#source.nodes[source];
    if (isLeaf(node)) {
      const leaf = this.#leaf(source, node);
      for (const slot of slots) this.#fill(slot, 0, 0, ~leaf);
      return [];
    }
    visit(source, this.#visited);
    const ends = { yes: [] as number[], no: [] as number[] };
    this.#decide(decide(node), node.feature, slots, ends);
    return (['no', 'yes'] as const)
      .filter((answer) => ends[answer].length > 0)
      .map((answer) => ({ source: node[answer], slots: ends[answer] }));
  }

  /** Fills `slots` with a decision and gathers the slots that its answers have to fill. */
  #decide(decision: Decision, feature: number, slots: number[], ends: { yes: number[]; no: number[] }): void {
    if (typeof decision === 'string') return void ends[decision].push(...slots);
    const child = this.#allocate(2);
    for (const slot of slots)
      this.#fill(slot, decision.threshold, decision.negated ? ~feature : feature, child);
    this.#decide(decision.first, feature, [child], ends);
    this.#decide(decision.second, feature, [child + 1], ends);
  }

  #leaf(source: number, weights: readonly Weight[]): number {
    const known = this.#leaves.get(source);
    if (known !== undefined) return known;
    const leaf = this.starts.length - 1;
    this.#leaves.set(source, leaf);
    for (const weight of weights) this.weights.push(weight);
    this.starts.push(this.weights.length);
    return leaf;
  }
}

/** Operands 1 to 7 of TreeEnsemble. Throws E_GRAPH_INVALID where a node is reached twice. */
export function flatTrees(source: SourceTrees): Tensor[] {
  const flat = new Flattener(source);
  const roots = source.roots.map((root) => flat.add(root));
  const ints = (values: number[]): Tensor => tensor('int32', [values.length], values);
  const reals = (values: number[]): Tensor => tensor('float32', [values.length], values);
  return [
    reals(flat.thresholds),
    ints(flat.features),
    ints(flat.children),
    ints(roots),
    ints(flat.starts),
    ints(flat.weights.map((w) => w.target)),
    reals(flat.weights.map((w) => w.value)),
  ];
}
