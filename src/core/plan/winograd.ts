import type { PackageGraph, PackageNode } from '../package/package.ts';
import type { WinogradSide } from '../package/winograd.ts';
import { floatWinogradSide } from './float-winograd.ts';
import { int8WinogradSide } from './int8-winograd.ts';

function sideOf(
  { values }: PackageGraph,
  { op, inputs, outputs, attrs }: PackageNode,
  isa: string | undefined,
): WinogradSide | undefined {
  const { strides, dilations, group, weightZeroPoint } = attrs as Record<string, number | number[]>;
  const constant = values[inputs[1] ?? -1]?.constant;
  const isPlain = group === 1 && [strides, dilations].flat().every((v) => v === 1);
  if (!constant || !isPlain) return undefined;
  const y = values[outputs[0]].type;
  if (op === 'Conv2d') return floatWinogradSide(constant, y);
  return op === 'QConv2d' && weightZeroPoint === 0 ? int8WinogradSide(constant, y, isa) : undefined;
}

/** The graph with the weights of those convolutions marked that kernels of `isa` filter faster by Winograd's method. */
export function assignWinograd(graph: PackageGraph, isa?: string): PackageGraph {
  if (isa === 'scalar') return graph;
  const values = [...graph.values];
  for (const node of graph.nodes) {
    const winograd = sideOf(graph, node, isa);
    const weights = node.inputs[1];
    if (winograd && weights !== undefined) values[weights] = { ...values[weights], winograd };
  }
  return { ...graph, values };
}
