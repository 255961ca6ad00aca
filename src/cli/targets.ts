import { allBoards, hostName } from '../targets/index.ts';
import { type OutputOptions, print } from './output.ts';

/** Lists the targets. */
export async function targets(options: OutputOptions): Promise<void> {
  const boards = allBoards();
  print(options, { targets: [{ name: hostName, summary: 'this machine, measured' }, ...boards] }, () => [
    `${hostName.padEnd(18)}this machine: latency is measured`,
    ...boards.map(
      (b) =>
        `${b.name.padEnd(18)}${b.summary}: ${b.cores} × ${b.cpu} at ${(b.clockHz / 1e9).toFixed(1)} GHz, ${b.isa}`,
    ),
  ]);
}
