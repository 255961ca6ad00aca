import type { Results } from '../results.ts';
import { explanation, layerTable, machine, summaries, type Table } from './table.ts';

const escaped = (cell: string): string => cell.replaceAll('|', '\\|');

const section = ({ title, header, rows }: Table): string =>
  [
    `## ${title}\n`,
    ...[header, header.map(() => '---'), ...rows].map((cells) => `| ${cells.map(escaped).join(' | ')} |`),
  ].join('\n');

/** The results as a page of Markdown. */
export const markdown = (results: Results): string =>
  [
    '# Benchmarks',
    machine(results),
    explanation,
    ...[...summaries(results), ...results.contests.map(layerTable)].map(section),
    '',
  ].join('\n\n');
