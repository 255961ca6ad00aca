import { matches, read } from './read.ts';

/** TensorFlow Lite flatbuffers, schema version 3. */
export const tfliteFormat = { name: 'tflite', extensions: ['.tflite'], matches, read } as const;
