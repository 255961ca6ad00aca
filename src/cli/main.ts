#!/usr/bin/env node
import { Command, CommanderError, Option } from 'commander';
import { EdgecError, version } from '../core/index.ts';
import { fail } from './output.ts';

type Verb = (argument: string, options: never) => Promise<void>;

const program = new Command('edgec')
  .description('Compile trained models to int8 that gives the same bits on every target, and run them.')
  .version(version)
  .exitOverride()
  .configureOutput({ writeErr: () => {} });

function verb(name: string, summary: string, load: () => Promise<Verb>): Command {
  return program
    .command(name)
    .description(summary)
    .option('--json', 'print one JSON object')
    .option('-q, --quiet', 'print nothing but errors')
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
    .action(async (argument: string, options: object) => (await load())(argument, options as never));
}

const collect = (value: string, known: string[] = []): string[] => [...known, value];
const shape = new Option(
  '--shape <name:dims>',
  'fix the shape of an input, such as data:1x3x224x224',
).argParser(collect);
const executorOption = new Option('--executor <name>', 'native or reference').choices([
  'native',
  'reference',
]);
const count = (text: string): number => {
  const n = Number(text);
  if (!Number.isFinite(n) || n <= 0)
    throw new EdgecError('E_CLI_USAGE', 'a count has to be a positive number', { found: text });
  return n;
};

verb(
  'inspect <model>',
  'show the ops, inputs, outputs and size of a model',
  async () => (await import('./inspect.ts')).inspect,
).addOption(shape);

verb(
  'compile <model>',
  'compile a model into a package for a target',
  async () => (await import('./compile.ts')).compile,
)
  .requiredOption('--target <name>', 'where it will run; `edgec targets` lists them')
  .option('--int8', 'quantise to int8 (the default)')
  .option('--float', 'stay in float')
  .option('--calibrate <data>', 'real samples that give the ranges of int8')
  .option('--eval <data>', 'labelled samples to measure the accuracy on')
  .option('--emit <kinds>', 'edgec, onnx, tflite; several with commas', 'edgec')
  .addOption(
    new Option('--observer <name>', 'how ranges are chosen').choices([
      'minmax',
      'percentile',
      'mse',
      'entropy',
    ]),
  )
  .addOption(
    new Option('--onnx-activations <type>', 'how ONNX stores int8 activations')
      .choices(['u8', 's8'])
      .default('u8'),
  )
  .addOption(
    new Option('--io <type>', 'type of inputs and outputs').choices(['real', 'int8']).default('real'),
  )
  .option('--samples <n>', 'how many calibration samples to use at most', count, 256)
  .option('-o, --output <dir>', 'folder of the artefacts', '.')
  .addOption(shape);

verb('run <model>', 'run a model or package once', async () => (await import('./run.ts')).run)
  .addOption(new Option('--input <name=file>', 'an input from .npy or raw .bin').argParser(collect))
  .option('--seed <n>', 'seed of the inputs that are not given', Number, 1)
  .option('-o, --output <file>', 'write the outputs to an .npz file')
  .addOption(executorOption)
  .addOption(shape);

verb(
  'eval <model>',
  'measure the accuracy of a model or package',
  async () => (await import('./eval.ts')).evaluate,
)
  .requiredOption('--data <data>', 'labelled samples')
  .addOption(executorOption)
  .addOption(shape);

verb(
  'bench <model>',
  'time a model or package on this machine',
  async () => (await import('./bench.ts')).bench,
)
  .option('--threads <n>', 'threads of one inference (1 so far)', count, 1)
  .option('--runs <n>', 'timed runs', count)
  .option('--duration <s>', 'seconds to measure for', count, 1)
  .option('--layers', 'time every layer too')
  .addOption(executorOption)
  .addOption(shape);

program
  .command('targets')
  .description('list the targets and what is known about them')
  .option('--json', 'print one JSON object')
  .action(async (options: object) => (await import('./targets.ts')).targets(options));

const wantsJson = process.argv.includes('--json');
try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    const isHelp = error.exitCode === 0 || error.code === 'commander.help';
    if (!isHelp)
      fail(
        { json: wantsJson },
        new EdgecError('E_CLI_USAGE', error.message.replace(/^error: /, ''), {
          remedy: 'see `edgec --help`',
        }),
      );
    else if (error.code === 'commander.help') process.stdout.write(program.helpInformation());
  } else fail({ json: wantsJson }, error);
}
