import { numbers } from '../../../../../core/index.ts';
import type { NodeImport } from '../../node-import.ts';
import { dataTypeName } from '../../proto/onnx.ts';
import { isUnsigned, readTensor } from '../../tensor-proto.ts';

/** The elements of a tensor attribute; doubles keep their precision. */
export function exactTensor(node: NodeImport, name: string): number[] | undefined {
  const proto = node.attrs.tensor(name);
  if (!proto) return undefined;
  const narrowed = Array.from(numbers(readTensor(proto, node.context.directory)));
  if (isUnsigned(proto)) return narrowed.map((v) => v + 128);
  if (dataTypeName(proto.dataType) !== 'double') return narrowed;
  if (!proto.rawData) return proto.doubleData;
  const { buffer, byteOffset } = proto.rawData;
  const view = new DataView(buffer, byteOffset);
  return narrowed.map((_, i) => view.getFloat64(8 * i, true));
}

/** The reals of an attribute that is a tensor, or a list of another name; none where it is neither. */
export const realsOf = (node: NodeImport, name: string): readonly number[] =>
  exactTensor(node, `${name}_as_tensor`) ?? node.attrs.floats(name, []);
