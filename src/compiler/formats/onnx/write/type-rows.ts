import { EdgecError } from '../../../../core/index.ts';
import type { Node, ValueId } from '../../../graph/index.ts';
import { layoutOf } from './elementwise-rows.ts';
import type { Emitter } from './emitter.ts';
import { elementTypes } from './protos.ts';
import type { Rows } from './rows.ts';

function throughReals(emitter: Emitter, node: Node): void {
  const layout = layoutOf(emitter, node);
  emitter.result(node.outputs[0], layout, emitter.real(node.inputs[0] as ValueId, layout));
}

/** uint8 and int8 of one scale are the same tensor where int8 is stored as uint8. */
function recode(emitter: Emitter, node: Node): void {
  const [x, y] = [node.inputs[0] as ValueId, node.outputs[0]];
  if (node.attrs.to === 'int8') {
    emitter.setStored(y, 'u8');
    return emitter.define(y, 'plain', emitter.raw(x));
  }
  if (emitter.storedAs(x) === 'u8') return emitter.define(y, 'plain', emitter.raw(x));
  const { quant } = emitter.type(x);
  if (!quant)
    throw new EdgecError('E_OP_UNSUPPORTED', 'a uint8 value without a scale cannot be written', {
      where: node.name,
    });
  emitter.define(y, 'plain', emitter.quantize(emitter.real(x), quant, 'u8', node.name));
}

export const typeRows: Rows = {
  Quantize: throughReals,
  Dequantize: throughReals,
  Requantize: throughReals,
  Recode: recode,
  Cast: (emitter, node) => {
    const layout = layoutOf(emitter, node);
    const to = { i: elementTypes[node.attrs.to as keyof typeof elementTypes] };
    emitter.define(
      node.outputs[0],
      layout,
      emitter.emit('Cast', [emitter.real(node.inputs[0] as ValueId, layout)], { to }, node.name),
    );
  },
};
