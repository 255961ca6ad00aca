import {
  checkLimit,
  defaultLimits,
  EdgecError,
  type Limits,
  opByName,
  type Package,
  readPackage,
  type Tensor,
  type TypedArray,
  tensor,
  tensorBytes,
} from '../core/index.ts';
import { orderInputs } from './check-inputs.ts';
import { namedPort } from './ports.ts';
import type { NodeProfile, PortInfo, Session, ValueRange } from './session.ts';
import { withStates } from './stateful-session.ts';

/** Runs a package by the definitions of its ops in TypeScript: the oracle of every other executor. */
export class ReferenceSession implements Session {
  readonly executor = 'reference';
  readonly threads = 1;
  readonly kernels: readonly string[];
  readonly inputs: readonly PortInfo[];
  readonly outputs: readonly PortInfo[];
  readonly #package: Package;
  readonly #values: (Tensor | undefined)[];
  readonly #latencyNs: Float64Array;

  /** Throws E_PACKAGE_CORRUPT, E_PACKAGE_VERSION or E_LIMIT_EXCEEDED. */
  static open(bytes: Uint8Array, limits: Partial<Limits> = {}): Session {
    const pkg = readPackage(bytes);
    const size = pkg.graph.values.reduce((sum, { type }) => sum + tensorBytes(type), 0);
    checkLimit({ ...defaultLimits, ...limits }, 'memoryBytes', size);
    return withStates(new ReferenceSession(pkg), pkg.manifest.states);
  }

  constructor(pkg: Package) {
    this.#package = pkg;
    const { graph, manifest } = pkg;
    const port = (i: number): PortInfo => namedPort(graph.values[i], manifest);
    this.inputs = graph.inputs.map(port);
    this.outputs = graph.outputs.map(port);
    this.kernels = graph.nodes.map(() => 'reference');
    this.#values = graph.values.map((v) => v.constant);
    this.#latencyNs = new Float64Array(graph.nodes.length);
  }

  runSync(inputs: Record<string, TypedArray>): Record<string, Tensor> {
    const { graph } = this.#package;
    orderInputs(this.inputs, inputs).forEach((data, i) => {
      this.#values[graph.inputs[i]] = { ...this.inputs[i].type, data };
    });
    this.#execute();
    return Object.fromEntries(this.outputs.map(({ name }, i) => [name, this.valueAt(graph.outputs[i])]));
  }

  async run(inputs: Record<string, TypedArray>): Promise<Record<string, Tensor>> {
    return this.runSync(inputs);
  }

  #execute(): void {
    const { graph } = this.#package;
    graph.nodes.forEach((node, k) => {
      const start = performance.now();
      const operands = node.inputs.map((i) => (i === undefined ? undefined : this.#values[i]));
      const outputs = node.outputs.map((i) => {
        const { dtype, shape, quant } = graph.values[i].type;
        return tensor(dtype, shape, undefined, quant);
      });
      opByName(node.op).evaluate(operands, node.attrs as never, outputs);
      node.outputs.forEach((i, j) => {
        this.#values[i] = outputs[j];
      });
      this.#latencyNs[k] += (performance.now() - start) * 1e6;
    });
  }

  valueAt(index: number): Tensor {
    const value = this.#values[index];
    if (!value) throw new EdgecError('E_RUN_INPUT', `value ${index} is not there before a run`);
    return value;
  }

  rangeAt(index: number): ValueRange {
    const { data } = this.valueAt(index);
    if (data.length === 0) return { min: 0, max: 0 };
    const range = { min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY };
    for (const v of data as Float32Array) {
      range.min = Math.min(range.min, v);
      range.max = Math.max(range.max, v);
    }
    return range;
  }

  timeRuns(count: number): Float64Array {
    return Float64Array.from({ length: count }, () => {
      const start = performance.now();
      this.#execute();
      return (performance.now() - start) * 1e6;
    });
  }

  profile(runs: number): NodeProfile[] {
    this.#latencyNs.fill(0);
    for (let i = 0; i < runs; i++) this.#execute();
    return this.#package.graph.nodes.map(({ name, op }, k) => ({
      node: name,
      op,
      kernel: 'reference',
      latencyNs: this.#latencyNs[k] / runs,
    }));
  }

  /** Nothing is kept. */
  reset(): void {}

  dispose(): void {
    this.#values.length = 0;
  }
}
