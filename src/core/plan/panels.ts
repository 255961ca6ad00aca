import type { Matrix } from '../define-op.ts';
import { opByName } from '../ops/index.ts';
import type { PackageGraph, PackageNode, PackageValue } from '../package/package.ts';
import { type Panels, panelBytes, panelsFit } from '../package/panels.ts';
import { filteredPanels, winogradFits } from '../package/winograd.ts';
import { elementCount, tensorBytes } from '../tensor.ts';

/** Adjacent elements of a column that the int8 kernels of an instruction set multiply together. */
const int8Unit: Readonly<Record<string, number>> = {
  scalar: 1,
  x86_avx2: 2,
  x86_avxvnni: 4,
  x86_avx512vnni: 4,
  arm64_neon: 2,
  arm64_dotprod: 4,
  arm64_i8mm: 8,
};
/** Those of kernels for a single row, where they differ. */
const int8RowUnit: Readonly<Record<string, number>> = { x86_avx2: 4 };
const commonUnit = 4;
/** Filling up may cost this share of the weights; those of few columns are packed at load. */
const mostFilling = 1 / 8;

const int8UnitOf = (rows: number, isa = ''): number =>
  (rows === 1 ? int8RowUnit[isa] : undefined) ?? int8Unit[isa] ?? commonUnit;

/** How operand 1 of a node is the weights of matrix products. */
export function matrixOf(values: readonly PackageValue[], node: PackageNode): Matrix | undefined {
  const types = node.inputs.map((i) => (i === undefined ? undefined : values[i].type));
  return opByName(node.op).matrix?.(types, node.attrs as never);
}

function panelsOf({ values }: PackageGraph, node: PackageNode, isa: string | undefined): Panels | undefined {
  const { type: weights, winograd } = values[node.inputs[1] ?? -1] ?? {};
  const matrix = matrixOf(values, node);
  if (!weights || matrix?.zeroPoint !== 0) return undefined;
  const rows = elementCount(values[node.outputs[0]].type.shape) / weights.shape[0];
  const int8Unit = winograd ? filteredPanels.unit : int8UnitOf(rows, isa);
  const unit = weights.dtype === 'int8' ? int8Unit : 1;
  const panels = { groups: matrix.groups, runs: matrix.runs, unit };
  const fits = panelsFit(weights, panels);
  const pays = winograd
    ? winogradFits(weights, winograd, panels)
    : panelBytes(weights, panels) <= (1 + mostFilling) * tensorBytes(weights);
  return fits && pays ? panels : undefined;
}

/**
 * The graph with the weights of its matrix products, unless they are windows or float ones that are filtered, in the panels that
 * the kernels of `isa` read in place. Those of other instruction sets pack them anew at load.
 */
export function assignPanels(graph: PackageGraph, isa?: string): PackageGraph {
  const chosen = new Map<number, Panels>();
  for (const node of graph.nodes) {
    const [, weights] = node.inputs;
    if (weights === undefined) continue;
    const { type, constant, windows, winograd } = graph.values[weights];
    if (!constant || windows || (winograd && type.dtype === 'float32')) continue;
    const panels = panelsOf(graph, node, isa);
    if (panels) chosen.set(weights, panels);
  }
  const values = graph.values.map((value, id) => {
    const panels = chosen.get(id);
    return panels ? { ...value, panels } : value;
  });
  return { ...graph, values };
}
