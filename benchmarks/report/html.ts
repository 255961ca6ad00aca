import type { Results } from '../results.ts';
import { escape, roofline } from './roofline.ts';
import { explanation, layerTable, machine, summaries, type Table } from './table.ts';

const style = `body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;font-size:13px}td,th{padding:.2rem .6rem;border-bottom:1px solid #8884;text-align:right}
td:first-child,th:first-child{text-align:left}svg{width:100%;font:11px system-ui}svg text{fill:currentColor}
:root{color-scheme:light dark}summary{cursor:pointer}`;

const cells = (tag: string, row: readonly string[]): string =>
  `<tr>${row.map((cell) => `<${tag}>${escape(cell)}</${tag}>`).join('')}</tr>`;

const table = ({ header, rows }: Table): string =>
  `<table>${cells('th', header)}${rows.map((row) => cells('td', row)).join('')}</table>`;

const section = (t: Table): string => `<h2>${escape(t.title)}</h2>${table(t)}`;
const folded = (t: Table): string => `<details><summary>${escape(t.title)}</summary>${table(t)}</details>`;

/** The results as one page that needs nothing beside itself. */
export const html = (results: Results): string =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><title>edgec benchmarks</title><style>${style}</style>
<h1>Benchmarks</h1><p>${escape(machine(results))}</p><p>${escape(explanation)}</p>
${summaries(results).map(section).join('\n')}<h2>Roofline</h2>${roofline(results)}
<h2>Layers</h2>${results.contests.map(layerTable).map(folded).join('\n')}</html>
`;
