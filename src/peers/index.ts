export type { Contender, NamedInput } from './contender.ts';
export { edgecContender, namedInputs, stateInputs } from './edgec.ts';
export { Ort, type OrtOptions, type Saturation } from './ort.ts';
export { type RaceOptions, type RaceResult, race } from './race.ts';
