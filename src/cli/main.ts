#!/usr/bin/env node
import { Command, CommanderError, type Option } from 'commander';
import { EdgecError, version } from '../core/index.ts';
import { verbOptions } from './options.ts';
import { fail, type OutputOptions } from './output.ts';

type Action = (...args: never[]) => Promise<void>;

interface Verb {
  name: keyof typeof verbOptions;
  argument?: string;
  summary: string;
  load(): Promise<Action>;
}

const verbs: readonly Verb[] = [
  {
    name: 'inspect',
    argument: '<model>',
    summary: 'show the ops, inputs, outputs and size of a model',
    load: async () => (await import('./inspect.ts')).inspect,
  },
  {
    name: 'compile',
    argument: '<model>',
    summary: 'compile a model into a package for a target',
    load: async () => (await import('./compile.ts')).compile,
  },
  {
    name: 'run',
    argument: '<model>',
    summary: 'run a model or package once',
    load: async () => (await import('./run.ts')).run,
  },
  {
    name: 'eval',
    argument: '<model>',
    summary: 'measure the accuracy of a model or package',
    load: async () => (await import('./eval.ts')).evaluate,
  },
  {
    name: 'bench',
    argument: '<model>',
    summary: 'time a model or package on this machine',
    load: async () => (await import('./bench.ts')).bench,
  },
  {
    name: 'targets',
    summary: 'list the targets and what is known about them',
    load: async () => (await import('./targets.ts')).targets,
  },
];

/** Errors of usage are thrown, so that they leave as coded errors. */
const throwing = (command: Command): Command =>
  command.exitOverride().configureOutput({ writeErr: () => {} });

function addVerb(program: Command, { name, argument, summary, load }: Verb): void {
  const command = throwing(program.command(name)).description(summary);
  if (argument) command.argument(argument);
  command.option('--json', 'print one JSON object').option('-q, --quiet', 'print nothing but errors');
  for (const option of verbOptions[name] as readonly Option[]) command.addOption(option);
  command.action(async (...args: unknown[]) => {
    const action = await load();
    await action(...(args.slice(0, argument ? 2 : 1) as never[]));
  });
}

const isAnswer = ({ code }: CommanderError): boolean =>
  code === 'commander.helpDisplayed' || code === 'commander.version';

function asUsage(error: CommanderError): EdgecError {
  const message =
    error.code === 'commander.help' ? 'a verb is missing' : error.message.replace(/^error: /, '');
  return new EdgecError('E_CLI_USAGE', message, {
    remedy: '`edgec --help` shows the verbs and their options',
  });
}

async function main(args: readonly string[]): Promise<void> {
  const output: OutputOptions = { json: args.includes('--json') };
  const program = throwing(new Command('edgec'))
    .description('Compile trained models to int8 that gives the same bits on every target, and run them.')
    .version(version);
  for (const verb of verbs) addVerb(program, verb);
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) fail(output, error);
    else if (!isAnswer(error)) fail(output, asUsage(error));
  }
}

await main(process.argv.slice(2));
