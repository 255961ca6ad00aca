import {
  type Attrs,
  type AttrValue,
  completeAttrs,
  type DType,
  dtypes,
  EdgecError,
  elementCount,
  opByName,
  type QuantParams,
  Random,
  type Tensor,
  type TensorType,
  tensor,
} from '../../core/index.ts';
import type { Graph, Node, Stage, Value, ValueId } from './graph.ts';
import { verify } from './verify.ts';

const stages: readonly string[] = ['imported', 'canonical', 'quantized', 'lowered'];
const tokenPattern = /\s*("(?:[^"\\]|\\.)*"|%\d+|-?Infinity|-?\d[\d.eE+-]*|[A-Za-z_]\w*|[[\](){}<>,=])/y;

/** The tokens of one line, taken one by one. */
class Line {
  readonly #tokens: string[] = [];
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
    tokenPattern.lastIndex = 0;
    let end = 0;
    for (let m = tokenPattern.exec(text); m; m = tokenPattern.exec(text)) {
      this.#tokens.push(m[1]);
      end = tokenPattern.lastIndex;
    }
    if (text.slice(end).trim() !== '') this.fail('a token', text.slice(end, end + 20));
  }

  fail(expected: string, found: string): never {
    throw new EdgecError('E_GRAPH_INVALID', 'the text is no graph', { expected, found, where: this.#text });
  }

  peek(): string {
    return this.#tokens[this.#at] ?? '';
  }

  next(): string {
    return this.#tokens[this.#at++] ?? this.fail('more', 'end of line');
  }

  take(token: string): boolean {
    if (this.peek() !== token) return false;
    this.#at++;
    return true;
  }

  expect(token: string): void {
    if (!this.take(token)) this.fail(token, this.peek() || 'end of line');
  }

  id(): ValueId {
    const token = this.next();
    return token.startsWith('%') ? Number(token.slice(1)) : this.fail('a value such as %3', token);
  }

  string(): string {
    const token = this.next();
    return token.startsWith('"') ? (JSON.parse(token) as string) : this.fail('a string', token);
  }

  number(): number {
    const token = this.next();
    const value = Number(token);
    return Number.isNaN(value) ? this.fail('a number', token) : value;
  }

  numbers(): number[] {
    this.expect('[');
    const list: number[] = [];
    while (!this.take(']')) {
      list.push(this.number());
      this.take(',');
    }
    return list;
  }
}

function parseType(line: Line): TensorType {
  const dtype = line.next();
  if (!(dtypes as readonly string[]).includes(dtype)) line.fail('a dtype', dtype);
  const shape = line.numbers();
  const type = { dtype: dtype as DType, shape };
  return line.take('<') ? { ...type, quant: parseQuant(line) } : type;
}

function parseQuant(line: Line): QuantParams {
  const field = (name: string): void => {
    line.expect(name);
    line.expect('=');
  };
  field('scale');
  const scale = line.numbers();
  field('zero');
  const zeroPoint = line.numbers();
  if (line.take('>')) return { scale, zeroPoint };
  field('axis');
  const axis = line.number();
  line.expect('>');
  return { scale, zeroPoint, axis };
}

function parseConstant(line: Line, type: TensorType): Tensor {
  line.expect('=');
  if (line.peek() === '[') return tensor(type.dtype, type.shape, line.numbers(), type.quant);
  line.expect('seed');
  line.expect('(');
  const random = new Random(line.number());
  line.expect(')');
  const draw = (): number => (type.dtype === 'float32' ? random.normal() : random.int(-9, 9));
  return tensor(type.dtype, type.shape, Array.from({ length: elementCount(type.shape) }, draw), type.quant);
}

function parseAttr(line: Line): AttrValue {
  if (line.peek() === '[') return line.numbers();
  const token = line.peek();
  if (token === 'true' || token === 'false') return line.next() === 'true';
  return Number.isNaN(Number(token)) ? line.next() : line.number();
}

function parseAttrs(line: Line): Attrs {
  const attrs: Record<string, AttrValue> = {};
  if (!line.take('{')) return attrs;
  while (!line.take('}')) {
    const name = line.next();
    line.expect('=');
    attrs[name] = parseAttr(line);
  }
  return attrs;
}

function parseNode(line: Line, value: () => Value): Node {
  const outputs: ValueId[] = [];
  do outputs.push(value().id);
  while (line.take(','));
  line.expect('=');
  const op = line.next();
  const name = line.string();
  const inputs: (ValueId | undefined)[] = [];
  line.expect('(');
  while (!line.take(')')) {
    inputs.push(line.take('_') ? undefined : line.id());
    line.take(',');
  }
  const attrs = completeAttrs(op, opByName(op).attrs, parseAttrs(line));
  const origin: string[] = [];
  if (line.take('from'))
    do origin.push(line.string());
    while (line.take(','));
  return { name, op, inputs, outputs, attrs, origin };
}

/** The graph that `printGraph` wrote. `seed(n)` stands for seeded elements. Throws E_GRAPH_INVALID with the line. */
export function parseGraph(text: string): Graph {
  const values = new Map<ValueId, Value>();
  const nodes: Node[] = [];
  const inputs: ValueId[] = [];
  const outputs: ValueId[] = [];
  let [name, stage, format] = ['', 'canonical', 'text'];
  const add = (line: Line, constant: boolean): Value => {
    const head = { id: line.id(), name: line.string(), type: parseType(line) };
    const value = constant ? { ...head, constant: parseConstant(line, head.type) } : head;
    values.set(value.id, value);
    return value;
  };
  for (const source of text.split('\n')) {
    if (source.trim() === '') continue;
    const line = new Line(source);
    if (line.take('graph')) [name, stage, format] = [line.string(), line.next(), line.next()];
    else if (line.take('input')) inputs.push(add(line, false).id);
    else if (line.take('const')) add(line, true);
    else if (line.take('output'))
      do outputs.push(line.id());
      while (line.take(','));
    else nodes.push(parseNode(line, () => add(line, false)));
  }
  if (!stages.includes(stage)) throw new EdgecError('E_GRAPH_INVALID', 'unknown stage', { found: stage });
  const graph: Graph = {
    name,
    stage: stage as Stage,
    source: { format, ops: {}, notes: [] },
    values,
    nodes,
    inputs,
    outputs,
  };
  verify(graph);
  return graph;
}
