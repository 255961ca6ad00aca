import { availableParallelism } from 'node:os';
import {
  EdgecError,
  type ErrorCode,
  encodePlan,
  errorCodes,
  type Package,
  type Plan,
  planMemory,
  type Tensor,
  type TypedArray,
  tensor,
} from '../core/index.ts';
import { orderInputs } from './check-inputs.ts';
import { loadAddon, type NativeModel } from './native.ts';
import type { NodeProfile, PortInfo, Session, ValueRange } from './session.ts';

/** Instruction sets that kernels of the addon may use on this CPU, best last. */
export const nativeIsas = (): readonly string[] => loadAddon().isas();

export interface NativeOptions {
  isa?: string;
  threads?: number | 'auto';
  keepAll?: boolean;
}

/** Opens a package on the native engine. Throws E_ENV_ADDON, E_ENV_CPU or E_PACKAGE_CORRUPT. */
export function openNative(bytes: Uint8Array, pkg: Package, options: NativeOptions): Session {
  const addon = loadAddon();
  const keepAll = options.keepAll ?? false;
  const isa = options.isa ?? process.env.EDGEC_CPU;
  const plan = planFor(pkg, isa ?? addon.isas().at(-1) ?? 'scalar', keepAll);
  const threads = countThreads(options.threads ?? 1);
  const open = () => new addon.NativeModel(bytes, encodePlan(plan), isa ? { isa, threads } : { threads });
  return new NativeSession(coded(open), pkg, threads);
}

const mostThreads = 64;

function countThreads(wanted: number | 'auto'): number {
  if (wanted === 'auto') return Math.min(availableParallelism(), mostThreads);
  if (Number.isInteger(wanted) && wanted >= 1 && wanted <= mostThreads) return wanted;
  throw new EdgecError('E_RUN_INPUT', 'the count of threads cannot be', {
    expected: `1 to ${mostThreads}, or auto`,
    found: `${wanted}`,
  });
}

/** x86 multiplies u8 by s8, so that its kernels read int8 plus 128. */
function planFor(pkg: Package, isa: string, keepAll: boolean): Plan {
  if (isa.startsWith('x86_') && !keepAll) return planMemory(pkg.graph, { storage: 'plus128' });
  const stored = pkg.plans.find((p) => p.isa === 'any' && p.keepAll === keepAll);
  return stored ?? planMemory(pkg.graph, { keepAll });
}

/** Errors of the addon carry a code and become coded errors. */
function coded<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    if (code !== undefined && code in errorCodes)
      throw new EdgecError(code as ErrorCode, message, {}, { cause: error });
    throw error;
  }
}

class NativeSession implements Session {
  readonly executor = 'native';
  readonly threads: number;
  readonly kernels: readonly string[];
  readonly inputs: readonly PortInfo[];
  readonly outputs: readonly PortInfo[];
  readonly #model: NativeModel;
  readonly #package: Package;
  readonly #latest: TypedArray[];
  #ran = false;

  constructor(model: NativeModel, pkg: Package, threads: number) {
    const port = (i: number): PortInfo => ({
      name: pkg.graph.values[i].name,
      type: pkg.graph.values[i].type,
    });
    this.#model = model;
    this.threads = threads;
    this.#package = pkg;
    this.inputs = pkg.graph.inputs.map(port);
    this.outputs = pkg.graph.outputs.map(port);
    this.kernels = model.kernels();
    this.#latest = this.inputs.map(({ type }) => tensor(type.dtype, type.shape).data);
  }

  #outputTensors(): Tensor[] {
    return this.outputs.map(({ type }) => tensor(type.dtype, type.shape, undefined, type.quant));
  }

  #named(tensors: readonly Tensor[]): Record<string, Tensor> {
    return Object.fromEntries(this.outputs.map(({ name }, i) => [name, tensors[i]]));
  }

  runSync(inputs: Record<string, TypedArray>): Record<string, Tensor> {
    const ordered = orderInputs(this.inputs, inputs);
    const outputs = this.#outputTensors();
    coded(() =>
      this.#model.run(
        ordered,
        outputs.map((t) => t.data),
      ),
    );
    this.#keep(ordered);
    return this.#named(outputs);
  }

  async run(inputs: Record<string, TypedArray>): Promise<Record<string, Tensor>> {
    const ordered = orderInputs(this.inputs, inputs);
    const outputs = this.#outputTensors();
    await this.#model.runAsync(
      ordered,
      outputs.map((t) => t.data),
    );
    this.#keep(ordered);
    return this.#named(outputs);
  }

  #keep(ordered: readonly TypedArray[]): void {
    ordered.forEach((data, i) => {
      this.#latest[i] = data;
    });
    this.#ran = true;
  }

  /** Inputs may share memory with later values, so that measuring starts from a fresh run. */
  #prime(): void {
    if (!this.#ran)
      this.#model.run(
        this.#latest,
        this.#outputTensors().map((t) => t.data),
      );
    this.#ran = true;
  }

  valueAt(index: number): Tensor {
    const { type, constant } = this.#package.graph.values[index];
    if (constant) return constant;
    const copy = tensor(type.dtype, type.shape, undefined, type.quant);
    coded(() => this.#model.value(index, copy.data));
    return copy;
  }

  rangeAt(index: number): ValueRange {
    return coded(() => this.#model.range(index));
  }

  timeRuns(count: number): Float64Array {
    this.#prime();
    return coded(() => this.#model.timeRuns(count));
  }

  profile(runs: number): NodeProfile[] {
    this.#prime();
    const latencies = coded(() => this.#model.profile(runs));
    return this.#package.graph.nodes.map(({ name, op }, k) => ({
      node: name,
      op,
      kernel: this.kernels[k],
      latencyNs: latencies[k],
    }));
  }

  dispose(): void {
    this.#model.dispose();
  }
}
