import { optionTables } from '../../../src/compiler/formats/tflite/schema.ts';
import { byte, options } from '../../../src/compiler/formats/tflite/write/model-writer.ts';
import { withWords } from '../malformed.ts';
import { Places, slot, sound } from '../tflite-file.ts';

/** What the damaged containers are made from. */
export const soundTflite = sound(options(optionTables.fullyConnected, byte(0), byte(0)));
export const places = new Places(soundTflite);

/** The sound file with the word at `find` set. */
export const with1 = (find: (at: Places) => number, word: number): Uint8Array =>
  withWords(soundTflite, { [find(places)]: word });
export const with2 = (find: (at: Places) => number, value: number): Uint8Array => {
  const copy = Uint8Array.from(soundTflite);
  new DataView(copy.buffer).setUint16(find(places), value, true);
  return copy;
};
export const with8 = (find: (at: Places) => number, value: number): Uint8Array => {
  const copy = Uint8Array.from(soundTflite);
  copy[find(places)] = value;
  return copy;
};

export const { model, subgraph, tensor, code } = slot;
export const far = 0x7ffffff0;
export const minus1 = 0xffffffff;
