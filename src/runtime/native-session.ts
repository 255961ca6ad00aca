import { availableParallelism } from 'node:os';
import {
  choosePlan,
  defaultLimits,
  EdgecError,
  type ErrorCode,
  errorCodes,
  type Limits,
  type PackageHead,
  type PackageValue,
  readHead,
  sourceOf,
  type Tensor,
  type TypedArray,
  tensor,
} from '../core/loading.ts';
import { orderInputs } from './check-inputs.ts';
import { type Addon, loadAddon, type MachinePeaks, type NativeModel } from './native.ts';
import { openFile, type PackageFile, readBytes } from './package-file.ts';
import { namedPort } from './ports.ts';
import type { NodeProfile, PortInfo, Session, ValueRange } from './session.ts';
import { withStates } from './stateful-session.ts';
import { zeroInputs } from './zero-inputs.ts';

/** Instruction sets that kernels of the addon may use on this CPU, best last. */
export const nativeIsas = (): readonly string[] => loadAddon().isas();

/** EDGEC_CPU or the best of them; undefined where the addon cannot be loaded. */
export function hostIsa(): string | undefined {
  try {
    const isas = nativeIsas();
    return isas.find((isa) => isa === process.env.EDGEC_CPU) ?? isas.at(-1);
  } catch {
    return undefined;
  }
}

/** This machine as what a model is compiled for. */
export const hostTarget = (): { name: string; isa?: string } => ({ name: 'host', isa: hostIsa() });

/** Measures the peaks of this machine on `isa`, for some milliseconds. Default: EDGEC_CPU, else the best. */
export const machinePeaks = (isa = process.env.EDGEC_CPU): MachinePeaks =>
  coded(() => loadAddon().peaks(isa));

export interface NativeOptions {
  isa?: string;
  threads?: number | 'auto';
  keepAll?: boolean;
  limits?: Partial<Limits>;
}

/** Opens a package on the native engine. Throws E_FILE_READ, E_ENV_CPU, E_PACKAGE_CORRUPT or E_PACKAGE_VERSION. */
export async function openNative(
  addon: Addon,
  source: string | Uint8Array,
  options: NativeOptions,
): Promise<Session> {
  const file = typeof source === 'string' && addon.mapsFiles ? openFile(source) : undefined;
  try {
    const bytes = file ?? (typeof source === 'string' ? readBytes(source) : source);
    return await open(addon, bytes, options);
  } finally {
    file?.close();
  }
}

async function open(
  addon: Addon,
  source: PackageFile | Uint8Array,
  { isa = process.env.EDGEC_CPU, threads: wanted = 1, keepAll = false, limits }: NativeOptions,
): Promise<Session> {
  const [bytes, origin] =
    source instanceof Uint8Array ? [sourceOf(source), source] : [source, source.descriptor];
  const head = readHead(bytes);
  const threads = countThreads(wanted);
  const memoryBytes = limits?.memoryBytes ?? defaultLimits.memoryBytes;
  const create = (plan: Int32Array): NativeModel =>
    coded(() => new addon.NativeModel(origin, plan, { ...(isa && { isa }), threads, memoryBytes }));
  const stored = keepAll ? undefined : choosePlan(head.plans, isa ?? addon.isas().at(-1) ?? 'scalar');
  const { states } = head.manifest;
  if (stored) return withStates(new NativeSession(create(stored), head, threads), states);
  const { makePlan } = await import('./make-plan.ts');
  const { plan, values } = makePlan(bytes.read(0, bytes.size), keepAll);
  return withStates(new NativeSession(create(plan), head, threads, keepAll ? values : undefined), states);
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
  readonly #nodeNames: readonly string[];
  /** All of the package, where all is kept. */
  readonly #values: readonly PackageValue[] | undefined;
  #ran = false;

  constructor(model: NativeModel, head: PackageHead, threads: number, values?: readonly PackageValue[]) {
    this.#model = model;
    this.threads = threads;
    this.kernels = model.kernels();
    this.inputs = head.inputs.map((port) => namedPort(port, head.manifest));
    this.outputs = head.outputs.map((port) => namedPort(port, head.manifest));
    this.#nodeNames = head.nodeNames;
    this.#values = values;
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
    this.#ran = true;
    return this.#named(outputs);
  }

  async run(inputs: Record<string, TypedArray>): Promise<Record<string, Tensor>> {
    const ordered = orderInputs(this.inputs, inputs);
    const outputs = this.#outputTensors();
    await this.#model.runAsync(
      ordered,
      outputs.map((t) => t.data),
    );
    this.#ran = true;
    return this.#named(outputs);
  }

  /** Measuring goes on with the inputs of the last run: zeros where there was none. */
  #prime(): void {
    if (!this.#ran) this.runSync(zeroInputs(this.inputs));
  }

  valueAt(index: number): Tensor {
    const value = this.#values?.[index];
    if (!value) throw new EdgecError('E_RUN_INPUT', `value ${index} is not kept: load with keepAll`);
    const { type, constant } = value;
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
    return this.#model.ops().map((op, k) => ({
      node: this.#nodeNames[k] ?? `${k}`,
      op,
      kernel: this.kernels[k],
      latencyNs: latencies[k],
    }));
  }

  /** Nothing is kept. */
  reset(): void {}

  dispose(): void {
    this.#model.dispose();
  }
}
