/** The rows of a text that hold something, without line ends or a byte-order mark. */
export const splitRows = (text: string): string[] =>
  text
    .replace(/^\ufeff/, '')
    .split(/\r\n|\n|\r/)
    .filter((row) => row.trim() !== '');

/** The cells of a row: comma, semicolon or tab separated, trimmed, quotes removed. */
export function splitCells(row: string): string[] {
  const separator = [',', ';', '\t'].find((s) => row.includes(s)) ?? ',';
  if (!row.includes('"')) return row.split(separator).map((cell) => cell.trim());
  return splitQuoted(row, separator);
}

function splitQuoted(row: string, separator: string): string[] {
  const cells: string[] = [];
  let cell = '';
  let quoted = false;
  for (let i = 0; i < row.length; i++) {
    if (row[i] === '"' && quoted && row[i + 1] === '"') cell += row[i++];
    else if (row[i] === '"') quoted = !quoted;
    else if (row[i] === separator && !quoted) {
      cells.push(cell.trim());
      cell = '';
    } else cell += row[i];
  }
  return [...cells, cell.trim()];
}
