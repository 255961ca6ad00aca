import { matches, read } from './read.ts';
import { write } from './write/index.ts';

/** TensorFlow Lite flatbuffers, schema version 3. */
export const tfliteFormat = { name: 'tflite', extensions: ['.tflite'], matches, read, write } as const;
