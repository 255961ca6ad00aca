import { EdgecError, type Tensor, type TensorType } from '../../../core/index.ts';
import type { GraphBuilder, GraphState, ValueId } from '../../graph/index.ts';

interface Variable {
  readonly name: string;
  readonly input: ValueId;
  readonly type: TensorType;
  /** What the run leaves in it. */
  value: ValueId;
}

/** Values that live on between runs: an input of the graph that holds the old one, an output with the new one. */
export class Variables {
  readonly #builder: GraphBuilder;
  readonly #read = new Map<string, Variable>();
  readonly #written = new Map<string, ValueId>();
  readonly #initial = new Map<string, Tensor>();

  constructor(builder: GraphBuilder) {
    this.#builder = builder;
  }

  initialise(key: string, value: Tensor): void {
    this.#initial.set(key, value);
  }

  /** The value of variable `key` at this place of the run. */
  read(key: string, nameOf: () => string, type: TensorType): ValueId {
    const known = this.#read.get(key)?.value ?? this.#written.get(key);
    if (known !== undefined) return known;
    const name = nameOf();
    const input = this.#builder.input(name, type);
    this.#read.set(key, { name, input, type, value: input });
    return input;
  }

  write(key: string, value: ValueId): void {
    const variable = this.#read.get(key);
    if (variable) variable.value = value;
    else this.#written.set(key, value);
  }

  /** Adds the outputs, behind the `outputs` that are there already. */
  finish(outputs: number): GraphState[] {
    return [...this.#read].map(([key, variable], i) => {
      const quant = this.#builder.type(variable.value).quant;
      const { shape } = variable.type;
      const next = this.#builder.add1(
        'Reshape',
        [variable.value],
        { shape },
        { name: `${variable.name}.next`, outputQuant: [quant] },
      );
      this.#builder.output(next);
      return {
        input: this.#builder.inputs.indexOf(variable.input),
        output: outputs + i,
        initial: this.#fill(key, variable),
      };
    });
  }

  /** The one element that fills a variable before the first run; where the file says nothing, the real 0. */
  #fill(key: string, { name, type }: Variable): number {
    const given = this.#initial.get(key);
    if (!given) return type.quant?.zeroPoint[0] ?? 0;
    const [first, ...others] = Array.from(given.data as ArrayLike<number>);
    if (others.every((v) => v === first)) return first;
    throw new EdgecError('E_OP_UNSUPPORTED', `state '${name}' starts with more than one value`, {
      where: name,
      remedy: 'let the state start at zero',
    });
  }
}
