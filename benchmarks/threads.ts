import { Worker } from 'node:worker_threads';
import { loadModel } from 'edgec';
import { type Contender, edgecContender, namedInputs, type RaceResult, race } from '#peers';
import type { Precision } from './options.ts';
import type { Prepared } from './prepare.ts';

export type Threads = 1 | 2 | 'auto';

/** Times of edgec with several counts of threads, which took turns. */
export interface ThreadTimes {
  readonly model: string;
  readonly precision: Precision;
  readonly undisturbed: Readonly<Record<Threads, RaceResult>>;
  /** The same while another thread keeps a core busy. */
  readonly disturbed: Readonly<Record<Threads, RaceResult>>;
}

const counts: readonly Threads[] = [1, 2, 'auto'];

/** Races edgec with one thread, two, and as many as there are cores, alone and beside a busy loop. */
export async function threadTimes(prepared: Prepared, durationNs: number): Promise<ThreadTimes> {
  const contenders: Contender[] = [];
  try {
    for (const threads of counts) {
      const session = await loadModel(prepared.package, { executor: 'native', threads });
      contenders.push(edgecContender(String(threads), session, namedInputs(session)));
    }
    const times = async (): Promise<ThreadTimes['undisturbed']> => {
      const [one, two, auto] = await race(contenders, { durationNs });
      return { 1: one, 2: two, auto };
    };
    const { name: model, precision } = prepared;
    return { model, precision, undisturbed: await times(), disturbed: await besideBusyLoop(times) };
  } finally {
    for (const contender of contenders) await contender.dispose();
  }
}

async function besideBusyLoop<T>(measure: () => Promise<T>): Promise<T> {
  const loop = new Worker('for (;;);', { eval: true });
  await new Promise((started) => loop.once('online', started));
  try {
    return await measure();
  } finally {
    await loop.terminate();
  }
}
