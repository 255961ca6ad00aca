import { type PackageGraph, type PackageNode, sameShape } from '../../core/index.ts';

/** The operands of Conv2d without what it adds. */
const plainOperands = 3;

/**
 * The graph with every float sum of two values of one shape made by the convolution whose result is one of them and which
 * nothing else reads, so that the result is neither stored nor read before it is complete. Values keep their indices.
 */
export function fuseSums(graph: PackageGraph): PackageGraph {
  const nodes: (PackageNode | undefined)[] = [...graph.nodes];
  const makers = new Map(graph.nodes.flatMap(({ outputs }, at) => outputs.map((value) => [value, at])));
  const readers = readersOf(graph);
  graph.nodes.forEach((sum, at) => {
    if (!isPlainSum(graph, sum)) return;
    // Of two convolutions the one that is made last, since the other lies ready by then.
    const made = (sum.inputs as number[])
      .filter((value) => readers.get(value) === 1)
      .map((value) => makers.get(value) ?? -1)
      .sort((a, b) => b - a);
    const last = made.find((maker) => nodes[maker] && isOpen(nodes[maker]));
    if (last === undefined) return;
    nodes[at] = withSum(nodes[last] as PackageNode, sum);
    nodes[last] = undefined;
  });
  return { ...graph, nodes: nodes.filter((node) => node !== undefined) };
}

/** Whether a node adds two float values of one shape. */
function isPlainSum({ values }: PackageGraph, { op, inputs, outputs }: PackageNode): boolean {
  const { shape } = values[outputs[0]].type;
  return (
    op === 'Add' &&
    (inputs as number[]).every(
      (i) => values[i].type.dtype === 'float32' && sameShape(values[i].type.shape, shape),
    )
  );
}

/** Whether a node is a convolution that neither clamps its result nor adds to it. */
const isOpen = ({ op, inputs, attrs }: PackageNode): boolean =>
  op === 'Conv2d' &&
  inputs.length <= plainOperands &&
  attrs.clampMin === Number.NEGATIVE_INFINITY &&
  attrs.clampMax === Number.POSITIVE_INFINITY;

function withSum(convolution: PackageNode, sum: PackageNode): PackageNode {
  const [x, weight, bias] = convolution.inputs;
  const addend = sum.inputs.find((value) => value !== convolution.outputs[0]);
  const { clampMin, clampMax } = sum.attrs;
  return {
    ...convolution,
    inputs: [x, weight, bias, addend],
    outputs: sum.outputs,
    attrs: { ...convolution.attrs, clampMin, clampMax },
    origin: [...new Set([...convolution.origin, ...sum.origin])],
  };
}

/** How often each value is read, by nodes and as an output of the graph. */
function readersOf({ nodes, outputs }: PackageGraph): Map<number, number> {
  const counts = new Map<number, number>();
  for (const value of [...nodes.flatMap(({ inputs }) => inputs), ...outputs])
    if (value !== undefined) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}
