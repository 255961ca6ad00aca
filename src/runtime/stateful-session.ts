import {
  EdgecError,
  elementCount,
  type PackageState,
  type Tensor,
  type TypedArray,
  tensor,
} from '../core/loading.ts';
import type { NodeProfile, PortInfo, Session, ValueRange } from './session.ts';

/** `session` with the values that its package keeps between runs hidden from its inputs and outputs. Throws E_PACKAGE_CORRUPT. */
export const withStates = (session: Session, states: readonly PackageState[] = []): Session =>
  states.length === 0 ? session : new StatefulSession(session, states);

function portOf(ports: readonly PortInfo[], name: string): PortInfo {
  const found = ports.find((p) => p.name === name);
  if (!found) throw new EdgecError('E_PACKAGE_CORRUPT', `state '${name}' is no input or output`);
  return found;
}

/** Feeds outputs of a run to the next one. */
class StatefulSession implements Session {
  readonly executor: Session['executor'];
  readonly threads: number;
  readonly kernels: readonly string[];
  readonly inputs: readonly PortInfo[];
  readonly outputs: readonly PortInfo[];
  readonly #inner: Session;
  readonly #states: readonly PackageState[];
  #kept: Record<string, TypedArray> = {};

  constructor(inner: Session, states: readonly PackageState[]) {
    for (const { input, output } of states)
      checkPorts(portOf(inner.inputs, input), portOf(inner.outputs, output));
    this.#inner = inner;
    this.#states = states;
    this.executor = inner.executor;
    this.threads = inner.threads;
    this.kernels = inner.kernels;
    this.inputs = inner.inputs.filter(({ name }) => !states.some((s) => s.input === name));
    this.outputs = inner.outputs.filter(({ name }) => !states.some((s) => s.output === name));
    this.reset();
  }

  reset(): void {
    this.#kept = Object.fromEntries(
      this.#states.map(({ input, initial }) => {
        const { dtype, shape } = portOf(this.#inner.inputs, input).type;
        return [input, tensor(dtype, shape, new Array<number>(elementCount(shape)).fill(initial)).data];
      }),
    );
  }

  /** States are no inputs of the user's: a name of one is refused as any unknown name is. */
  #complete(inputs: Record<string, TypedArray>): Record<string, TypedArray> {
    const hidden = Object.keys(inputs).find((name) => name in this.#kept);
    if (hidden === undefined) return { ...inputs, ...this.#kept };
    throw new EdgecError('E_RUN_INPUT', 'the model keeps this value itself', {
      where: hidden,
      remedy: 'leave it out; `reset` starts anew',
    });
  }

  #keep(outputs: Record<string, Tensor>): Record<string, Tensor> {
    for (const { input, output } of this.#states) this.#kept[input] = outputs[output].data;
    return Object.fromEntries(this.outputs.map(({ name }) => [name, outputs[name]]));
  }

  runSync(inputs: Record<string, TypedArray>): Record<string, Tensor> {
    return this.#keep(this.#inner.runSync(this.#complete(inputs)));
  }

  async run(inputs: Record<string, TypedArray>): Promise<Record<string, Tensor>> {
    return this.#keep(await this.#inner.run(this.#complete(inputs)));
  }

  valueAt(index: number): Tensor {
    return this.#inner.valueAt(index);
  }

  rangeAt(index: number): ValueRange {
    return this.#inner.rangeAt(index);
  }

  timeRuns(count: number): Float64Array {
    return this.#inner.timeRuns(count);
  }

  profile(runs: number): NodeProfile[] {
    return this.#inner.profile(runs);
  }

  dispose(): void {
    this.#inner.dispose();
  }
}

function checkPorts(input: PortInfo, output: PortInfo): void {
  const [from, to] = [output.type, input.type];
  if (from.dtype === to.dtype && from.shape.join() === to.shape.join()) return;
  throw new EdgecError('E_PACKAGE_CORRUPT', `state '${input.name}' changes its type`, {
    expected: `${to.dtype} [${to.shape}]`,
    found: `${from.dtype} [${from.shape}]`,
  });
}
