import { EdgecError, elementCount } from '../core/index.ts';
import {
  decodeElements,
  elementsAsBytes,
  type StoredDType,
  type StoredTensor,
  storedBytes,
} from './stored-array.ts';

const magic = Buffer.from('\x93NUMPY', 'latin1');

const dtypeOfDescr: Readonly<Record<string, StoredDType>> = {
  i1: 'int8',
  u1: 'uint8',
  i2: 'int16',
  i4: 'int32',
  i8: 'int64',
  f4: 'float32',
  f8: 'float64',
  b1: 'bool',
};

const descrOfDType: Readonly<Record<StoredDType, string>> = {
  int8: '|i1',
  uint8: '|u1',
  int16: '<i2',
  int32: '<i4',
  int64: '<i8',
  float32: '<f4',
  float64: '<f8',
  bool: '|b1',
};

/** Reads an .npy file (versions 1 to 3). Throws E_DATA_FORMAT. */
export function readNpy(bytes: Uint8Array, where: string): StoredTensor {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { header, start } = splitHeader(file, where);
  const descr = /'descr'\s*:\s*'([<>|=]?)([a-z]\d+)'/.exec(header);
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(header);
  const dims = /'shape'\s*:\s*\(([\d,\sL]*)\)/.exec(header);
  if (!descr || !order || !dims)
    throw corrupt('a header with descr, fortran_order and shape', header.slice(0, 120), where);
  const dtype = dtypeOfDescr[descr[2]];
  if (dtype === undefined) throw corrupt(`one of ${Object.keys(dtypeOfDescr).join(', ')}`, descr[2], where);
  const shape = parseDims(dims[1], where);
  const needed = elementCount(shape) * storedBytes(dtype);
  const found = file.length - start;
  if (found !== needed) throw corrupt(`${needed} bytes of elements for [${shape}]`, `${found}`, where);
  const data = decodeElements(file.subarray(start), dtype, where, descr[1] === '>');
  return order[1] === 'True' ? fromColumns({ data, dtype, shape }) : { data, dtype, shape };
}

function splitHeader(file: Buffer, where: string): { header: string; start: number } {
  if (file.length < 10 || !file.subarray(0, 6).equals(magic)) {
    throw corrupt('the magic of an .npy file', file.subarray(0, 6).toString('hex'), where);
  }
  const version = file[6];
  if (version < 1 || version > 3) throw corrupt('version 1, 2 or 3', `${version}`, where);
  const lengthBytes = version === 1 ? 2 : 4;
  if (file.length < 8 + lengthBytes) throw corrupt('a header length', 'the end of the file', where);
  const start = 8 + lengthBytes + file.readUIntLE(8, lengthBytes);
  if (start > file.length || start > 65_536)
    throw corrupt('a header inside the file', `one ending at ${start}`, where);
  return { header: file.subarray(8 + lengthBytes, start).toString('latin1'), start };
}

function parseDims(text: string, where: string): number[] {
  const shape = text
    .split(',')
    .map((d) => d.trim().replace('L', ''))
    .filter((d) => d !== '')
    .map(Number);
  if (shape.length > 32 || !Number.isSafeInteger(elementCount(shape)))
    throw corrupt('a shape in bounds', text, where);
  return shape;
}

/** The same array in row-major order. */
function fromColumns({ data, dtype, shape }: StoredTensor): StoredTensor {
  const rows = data.slice();
  const index = new Array<number>(shape.length).fill(0);
  const strides = shape.map((_, axis) => elementCount(shape.slice(0, axis)));
  for (let to = 0; to < rows.length; to++) {
    const from = index.reduce((sum, i, axis) => sum + i * strides[axis], 0);
    rows[to] = data[from];
    for (let axis = shape.length - 1; axis >= 0 && ++index[axis] === shape[axis]; axis--) index[axis] = 0;
  }
  return { data: rows, dtype, shape };
}

/** The bytes of an .npy file (version 1, row-major, little-endian). */
export function writeNpy({ data, dtype, shape }: StoredTensor): Buffer {
  const dims = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const text = `{'descr': '${descrOfDType[dtype]}', 'fortran_order': False, 'shape': (${dims}), }`;
  const header = alignHeader(text);
  const prefix = Buffer.concat([magic, Buffer.from([1, 0, header.length & 255, header.length >> 8])]);
  return Buffer.concat([prefix, header, elementsAsBytes(data)]);
}

function alignHeader(text: string): Buffer {
  const total = Math.ceil((10 + text.length + 1) / 64) * 64;
  return Buffer.from(`${text.padEnd(total - 11, ' ')}\n`, 'latin1');
}

const corrupt = (expected: string, found: string, where: string): EdgecError =>
  new EdgecError('E_DATA_FORMAT', 'not a readable .npy file', {
    expected,
    found,
    where,
    remedy: 'save it again with numpy.save',
  });
