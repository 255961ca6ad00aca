import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { calibrationInputs, spreadIndexes } from './calibration.ts';
import { openDataset } from './dataset.ts';
import { writeNpy } from './npy.ts';
import { writeNpz } from './npz.ts';
import { modelInput, realInput } from './preprocess.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'edgec-data-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function put(name: string, bytes: Uint8Array | string): string {
  const path = join(folder, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, bytes);
  return path;
}

const floats = (shape: number[]) => ({ dtype: 'float32', shape }) as const;

it('reads an npz with labels, one-hot or not, and selects', async () => {
  const x = {
    data: Float32Array.from({ length: 12 }, (_, i) => i),
    dtype: 'float32',
    shape: [4, 3],
  } as const;
  const y = { data: Uint8Array.of(1, 0, 0, 1, 1, 0, 0, 1), dtype: 'uint8', shape: [4, 2] } as const;
  put(
    'npz/set.npz',
    writeNpz(
      [
        ['x', x],
        ['y', y],
      ],
      true,
    ),
  );
  const spec = put('npz/dataset.json', '{"path":"set.npz","select":{"from":1,"step":2},"mean":1,"std":2}');
  const data = await openDataset(spec);
  expect(data.count).toBe(2);
  expect(data.sample(0).label).toBe(1);
  expect([...realInput(data.sample(1), floats([1, 3]))]).toEqual([4, 4.5, 5]);
  await expect(async () => realInput(data.sample(0), floats([1, 4]))).rejects.toMatchObject({
    code: 'E_DATA_SHAPE',
  });
});

it('reads windows of files as mlperf-tiny lists them', async () => {
  const file = Float32Array.from({ length: 6 }, (_, i) => i);
  put('ad/a.bin', new Uint8Array(file.buffer));
  put('ad/b.bin', new Uint8Array(file.buffer));
  put('ad/y_labels.csv', 'a.bin, 2, 0, 16, 4\nb.bin,2,1,16,4\n');
  const data = await openDataset(join(folder, 'ad'));
  expect(data.count).toBe(6);
  expect(data.sample(4)).toMatchObject({ label: 1, group: 'b.bin' });
  expect([...realInput(data.sample(4), floats([1, 4]))]).toEqual([1, 2, 3, 4]);
  expect([...calibrationInputs(data, [{ name: 'x', type: floats([1, 4]) }], 2)].map(([v]) => v[0])).toEqual([
    1, 1,
  ]);
  expect(spreadIndexes(6, 3)).toEqual([1, 3, 5]);
});

it('refuses rows that leave the folder', async () => {
  put('evil/y_labels.csv', '../x.bin,2,0\n');
  await expect(openDataset(join(folder, 'evil'))).rejects.toMatchObject({ code: 'E_DATA_FORMAT' });
});

it('passes stored bytes through where their quantisation is that of the input', async () => {
  put('kws/a.bin', Uint8Array.of(0, 131, 255, 83));
  put('kws/y_labels.csv', 'a.bin,12,7\n');
  const spec = put('kws/dataset.json', '{"format":"mlperf-tiny","dtype":"int8","scale":0.5,"zeroPoint":83}');
  const sample = (await openDataset(spec)).sample(0);
  const quant = { scale: [0.5], zeroPoint: [83] };
  expect([...modelInput(sample, { dtype: 'int8', shape: [1, 2, 2, 1], quant })]).toEqual([0, -125, -1, 83]);
  expect([...realInput(sample, floats([1, 4]))]).toEqual([-41.5, -104, -42, 0]);
  const coarse = { dtype: 'int8', shape: [1, 4], quant: { scale: [1], zeroPoint: [0] } } as const;
  expect([...modelInput(sample, coarse)]).toEqual([-42, -104, -42, 0]);
});

it('takes undescribed bytes as those of a quantised input', async () => {
  const file = put('bytes/a.bin', Uint8Array.of(0, 127, 128, 255));
  const inputOf = async (dtype: 'int8' | 'uint8', type: Parameters<typeof modelInput>[1], extra = '') => {
    const spec = put('bytes.json', `{"path":"${file}","dtype":"${dtype}","shape":[4]${extra}}`);
    return [...modelInput((await openDataset(spec)).sample(0), type)];
  };
  const byte = (dtype: 'int8' | 'uint8', zeroPoint: number) =>
    ({ dtype, shape: [1, 4], quant: { scale: [0.01], zeroPoint: [zeroPoint] } }) as const;
  expect(await inputOf('uint8', byte('uint8', 7))).toEqual([0, 127, 128, 255]);
  expect(await inputOf('uint8', byte('int8', -3))).toEqual([-128, -1, 0, 127]);
  expect(await inputOf('int8', byte('int8', -3))).toEqual([0, 127, -128, -1]);
  expect(await inputOf('int8', byte('uint8', 7))).toEqual([128, 255, 0, 127]);
  expect(await inputOf('uint8', byte('uint8', 0), ',"scale":0.005')).toEqual([0, 64, 64, 128]);
  expect(await inputOf('uint8', floats([1, 4]))).toEqual([0, 127, 128, 255]);
});

it('reads idx, gzipped, with the labels beside', async () => {
  const images = Buffer.concat([
    Buffer.from([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 2]),
    Buffer.from([1, 2, 3, 4, 5, 6, 7, 8]),
  ]);
  put('idx/t-images-idx3-ubyte.gz', gzipSync(images));
  put('idx/t-labels-idx1-ubyte.gz', gzipSync(Buffer.from([0, 0, 8, 1, 0, 0, 0, 2, 4, 9])));
  const data = await openDataset(join(folder, 'idx'));
  expect(data.sample(1).label).toBe(9);
  expect([...realInput(data.sample(1), floats([1, 1, 2, 2]))]).toEqual([5, 6, 7, 8]);
  const cut = put('cut.idx', images.subarray(0, 20));
  await expect(openDataset(cut)).rejects.toMatchObject({ code: 'E_DATA_FORMAT' });
});

it('reads csv with a header and named classes', async () => {
  const path = put('iris.csv', 'a,b,species\n1,2,setosa\n3,4,"virginica"\n');
  const data = await openDataset(path);
  expect(data.classes).toEqual(['setosa', 'virginica']);
  expect(data.sample(1).label).toBe(1);
  expect([...realInput(data.sample(1), floats([1, 2]))]).toEqual([3, 4]);
  await expect(openDataset(put('bad.csv', '1,2,0\n1,x,0\n'))).rejects.toMatchObject({
    code: 'E_DATA_FORMAT',
  });
  await expect(openDataset(put('ragged.csv', '1,2,0\n1,0\n'))).rejects.toMatchObject({
    code: 'E_DATA_SHAPE',
  });
});

it('transposes between layouts, with a mean a channel', async () => {
  const data = Uint8Array.from({ length: 12 }, (_, i) => i);
  put('chw/x.npy', writeNpy({ data, dtype: 'uint8', shape: [1, 3, 2, 2] }));
  const spec = put('chw/dataset.json', '{"path":"x.npy","layout":"NCHW","mean":[0,4,8]}');
  const sample = (await openDataset(spec)).sample(0);
  expect([...realInput(sample, floats([1, 2, 2, 3]))]).toEqual([0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3]);
  expect([...realInput(sample, floats([1, 3, 2, 2]))]).toEqual([0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3]);
});

it('reads class folders of pictures and fits them to the model', async () => {
  put('pics/cat/a.pgm', 'P2 2 1 255 0 255');
  put('pics/dog/b.ppm', Buffer.concat([Buffer.from('P6\n# made\n1 1\n255\n'), Buffer.from([255, 0, 0])]));
  const data = await openDataset(join(folder, 'pics'));
  expect(data.classes).toEqual(['cat', 'dog']);
  expect([...realInput(data.sample(0), floats([1, 1, 4, 1]))]).toEqual([0, 63.75, 191.25, 255]);
  expect([...realInput(data.sample(1), floats([1, 3, 1, 1]))]).toEqual([255, 0, 0]);
  expect([...realInput(data.sample(1), floats([1, 1, 1, 1]))]).toEqual([76]);
});

it('reads raw folders with a labels file', async () => {
  put('raw/x0.bin', Uint8Array.of(1, 2));
  put('raw/x1.bin', Uint8Array.of(3, 4));
  put('names.csv', 'x1.bin,10,6\nx0.bin,10,2\n');
  const spec = put('raw.json', '{"format":"raw","path":"raw","shape":[2],"labels":"names.csv"}');
  const data = await openDataset(spec);
  expect([data.sample(0).label, data.sample(1).label]).toEqual([2, 6]);
});

it.each([
  ['{"format":"npz","colour":1}', 'E_DATA_FORMAT'],
  ['{"shape":[0]}', 'E_DATA_SHAPE'],
  ['{"std":0}', 'E_DATA_FORMAT'],
  ['{"select":{"step":0}}', 'E_DATA_FORMAT'],
  ['{"format":', 'E_DATA_FORMAT'],
  ['{"format":"npy","path":"absent.npy"}', 'E_FILE_READ'],
  ['{"resize":{"height":2,"width":2,"crop":[3,1]}}', 'E_DATA_FORMAT'],
])('refuses the description %s', async (text, code) => {
  await expect(openDataset(put('spec.json', text))).rejects.toMatchObject({ code });
});

it('says that nothing is there', async () => {
  await expect(openDataset(join(folder, 'absent'))).rejects.toMatchObject({ code: 'E_FILE_READ' });
  await expect(openDataset(put('what.xyz', 'x'))).rejects.toMatchObject({ code: 'E_DATA_FORMAT' });
});
