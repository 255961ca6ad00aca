import { Option } from 'commander';
import type { Observer } from '../compiler/index.ts';
import { EdgecError } from '../core/index.ts';
import { limitNames } from './reading.ts';

const observers: readonly Observer[] = ['minmax', 'percentile', 'mse', 'entropy'];
const emitKinds = ['edgec', 'onnx', 'tflite'] as const;

const unreadable = (expected: string, found: string): EdgecError =>
  new EdgecError('E_CLI_USAGE', 'a value of an option cannot be understood', { expected, found });

function positive(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value <= 0) throw unreadable('a number above 0', text);
  return value;
}

function count(text: string): number {
  const value = positive(text);
  if (!Number.isSafeInteger(value)) throw unreadable('a whole number', text);
  return value;
}

const threads = (text: string): number | 'auto' => (text === 'auto' ? text : count(text));

function seed(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > 0xffffffff) throw unreadable('a whole number below 2^32', text);
  return value;
}

function points(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && value <= 100)) throw unreadable('0 to 100', text);
  return value;
}

function kinds(text: string): string[] {
  const given = text.split(',').map((kind) => kind.trim());
  if (given.some((kind) => !(emitKinds as readonly string[]).includes(kind))) {
    throw unreadable(`some of ${emitKinds.join(',')}`, text);
  }
  return [...new Set(given)];
}

const gather = (value: string, known: string[] = []): string[] => [...known, value];

const reading = [
  new Option('--shape <name:dims>', 'fix the shape of an input: data:1x3x224x224').argParser(gather),
  new Option(
    '--allow <limit=n>',
    `let a model that is to be trusted take more: one of ${limitNames.join(', ')}`,
  ).argParser(gather),
];
const executor = new Option('--executor <name>', 'what runs the model').choices(['native', 'reference']);

/** The options of each verb beside --json and --quiet. */
export const verbOptions = {
  inspect: reading,
  compile: [
    new Option('--target <name>', 'where it will run; `edgec targets` lists them').makeOptionMandatory(),
    new Option('--int8', 'quantise to int8 (the default)'),
    new Option('--float', 'stay in float'),
    new Option('--calibrate <data>', 'real samples that give the ranges of int8'),
    new Option('--samples <n>', 'use at most so many of them').argParser(count).default(256),
    new Option('--observer <name>', 'how ranges are chosen').choices(observers),
    new Option('--eval <data>', 'labelled samples to measure the accuracy on'),
    new Option('--max-drop <points>', 'fail where int8 loses more of top-1 or AUC than this').argParser(
      points,
    ),
    new Option('--emit <kinds>', `some of ${emitKinds.join(',')}`).argParser(kinds).default(['edgec']),
    new Option('--onnx-activations <type>', 'how ONNX stores int8 activations')
      .choices(['u8', 's8'])
      .default('u8'),
    new Option('--io <type>', 'type of inputs and outputs').choices(['real', 'int8']).default('real'),
    new Option('-o, --output <dir>', 'folder of the artefacts').default('.'),
    ...reading,
  ],
  run: [
    new Option('--input <name=file>', 'an input from an .npy or raw .bin file').argParser(gather),
    new Option('--image <file>', 'a picture as input; <name>=<file> where the model has several').argParser(
      gather,
    ),
    new Option('--preprocessing <file>', 'a dataset.json that says how pictures become inputs'),
    new Option('--seed <n>', 'seed of the inputs that are not given').argParser(seed).default(1),
    new Option('-o, --output <file>', 'write the outputs to an .npz file'),
    executor,
    ...reading,
  ],
  eval: [
    new Option('--data <data>', 'labelled samples').makeOptionMandatory(),
    new Option('--limit <n>', 'use at most so many of them').argParser(count),
    new Option('--top <k>', 'the k of top-k').argParser(count).default(5),
    executor,
    ...reading,
  ],
  bench: [
    new Option('--threads <n>', 'threads of one inference, or auto').argParser(threads).default(1),
    new Option('--runs <n>', 'timed runs').argParser(count),
    new Option('--duration <s>', 'seconds to measure for').argParser(positive).default(1),
    new Option('--layers', 'time every layer too'),
    new Option('--vs <peer>', 'race a model file against another runtime')
      .choices(['ort'])
      .conflicts(['runs', 'layers', 'executor']),
    executor,
    ...reading,
  ],
  targets: [],
} as const;
