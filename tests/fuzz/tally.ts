import { type Format, formats } from './mutant.ts';
import type { Report } from './worker.ts';

class FormatTally {
  readonly outcomes = new Map<string, number>();
  readonly rejectionsMs: number[] = [];
  structured = 0;
  worstMs = 0;
  worstRejectedBytes = 0;
  worstAcceptedBytes = 0;
  total = 0;

  add({ outcome, structured, ms, bytes }: Report): void {
    this.total++;
    this.structured += Number(structured);
    this.outcomes.set(outcome, (this.outcomes.get(outcome) ?? 0) + 1);
    this.worstMs = Math.max(this.worstMs, ms);
    if (outcome === 'accepted') this.worstAcceptedBytes = Math.max(this.worstAcceptedBytes, bytes);
    else {
      this.rejectionsMs.push(ms);
      this.worstRejectedBytes = Math.max(this.worstRejectedBytes, bytes);
    }
  }

  line(format: Format): string {
    const sorted = Float64Array.from(this.rejectionsMs).sort();
    const at = (share: number): string => (sorted[Math.floor(share * (sorted.length - 1))] ?? 0).toFixed(2);
    const codes = [...this.outcomes].sort((a, b) => b[1] - a[1]).map(([code, count]) => `${code} ${count}`);
    const megabytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MB`;
    return [
      `${format}: ${this.total} mutants, ${this.structured} structure-aware; ${codes.join(', ')}`,
      `rejections p50 ${at(0.5)} ms, p99 ${at(0.99)} ms; slowest of all ${this.worstMs.toFixed(0)} ms`,
      `most memory ${megabytes(this.worstRejectedBytes)} rejected, ${megabytes(this.worstAcceptedBytes)} accepted`,
    ].join('; ');
  }
}

/** Counts of what became of mutants, by format. */
export class Tally {
  readonly #formats = Object.fromEntries(formats.map((f) => [f, new FormatTally()])) as Record<
    Format,
    FormatTally
  >;
  readonly #start = performance.now();
  total = 0;
  findings = 0;

  add(report: Report): void {
    this.#formats[report.format].add(report);
    this.total++;
    if (report.finding) this.findings++;
  }

  lines(): string[] {
    const seconds = (performance.now() - this.#start) / 1000;
    return [
      ...formats.map((f) => this.#formats[f].line(f)),
      `${this.total} mutants in ${seconds.toFixed(1)} s, ${(this.total / seconds).toFixed(0)} a second; ${this.findings} findings`,
    ];
  }
}
