import { EdgecError } from '../../../core/index.ts';
import { decodeText } from '../text.ts';
import { type AttributeProto, attributeType, type NodeProto, type TensorProto } from './proto/onnx.ts';

/** Typed access to the attributes of one node. Throws E_OP_ATTRIBUTE where one is missing or ill-typed. */
export class NodeAttributes {
  readonly #byName: Map<string, AttributeProto>;

  constructor(node: NodeProto) {
    this.#byName = new Map();
    for (const attribute of node.attribute) {
      const { name = '' } = attribute;
      if (this.#byName.has(name))
        throw new EdgecError('E_OP_ATTRIBUTE', `attribute '${name}' is stated twice`, { found: name });
      this.#byName.set(name, attribute);
    }
  }

  has(name: string): boolean {
    return this.#byName.has(name);
  }

  names(): string[] {
    return [...this.#byName.keys()];
  }

  #get(name: string, type: number): AttributeProto | undefined {
    const attribute = this.#byName.get(name);
    if (attribute?.type !== undefined && attribute.type !== type) {
      throw new EdgecError('E_OP_ATTRIBUTE', `attribute '${name}' is not of its type`, {
        expected: `type ${type}`,
        found: `type ${attribute.type}`,
      });
    }
    return attribute;
  }

  #required<T>(name: string, value: T | undefined): T {
    if (value !== undefined) return value;
    throw new EdgecError('E_OP_ATTRIBUTE', `attribute '${name}' is missing`);
  }

  int(name: string, fallback?: number): number {
    const attribute = this.#get(name, attributeType.int);
    return this.#required(name, attribute ? (attribute.i ?? 0) : fallback);
  }

  flag(name: string, fallback: boolean): boolean {
    return this.int(name, fallback ? 1 : 0) !== 0;
  }

  /** A real that may be NaN, where that stands for a missing value. */
  floatOrNaN(name: string, fallback?: number): number {
    const attribute = this.#get(name, attributeType.float);
    return this.#required(name, attribute ? (attribute.f ?? 0) : fallback);
  }

  float(name: string, fallback?: number): number {
    const value = this.floatOrNaN(name, fallback);
    if (!Number.isNaN(value)) return value;
    throw new EdgecError('E_MODEL_NAN', `attribute '${name}' is not a number`);
  }

  string(name: string, fallback?: string): string {
    const attribute = this.#get(name, attributeType.string);
    return this.#required(name, attribute ? decodeText(attribute.s, name) : fallback);
  }

  ints(name: string, fallback?: readonly number[]): readonly number[] {
    return this.#required(name, this.#get(name, attributeType.ints)?.ints ?? fallback);
  }

  floats(name: string, fallback?: readonly number[]): readonly number[] {
    return this.#required(name, this.#get(name, attributeType.floats)?.floats ?? fallback);
  }

  strings(name: string, fallback?: readonly string[]): readonly string[] {
    const found = this.#get(name, attributeType.strings)?.strings;
    return this.#required(name, found?.map((bytes) => decodeText(bytes, name)) ?? fallback);
  }

  /** The bytes of a subgraph. */
  graph(name: string): Uint8Array {
    return this.#required(name, this.#get(name, attributeType.graph)?.g);
  }

  tensor(name: string): TensorProto | undefined {
    return this.#get(name, attributeType.tensor)?.t;
  }
}
