import { type Results, timesOf, totalWork } from '../results.ts';

const [width, height, margin] = [860, 460, 60];
const colours = { int8: '#0b6', float32: '#c50' } as const;
const intensities: readonly [number, number] = [0.1, 1000];

interface Point {
  readonly label: string;
  readonly colour: string;
  /** Multiply-accumulates a byte. */
  readonly intensity: number;
  /** Units: GMAC/s. */
  readonly rate: number;
  readonly radius: number;
}

const logShare = (value: number, [low, high]: readonly [number, number]): number =>
  Math.log(Math.min(high, Math.max(low, value)) / low) / Math.log(high / low);

/** Models (large dots) and their layers (small ones) under the peaks of one core, as SVG. */
export function roofline(results: Results): string {
  const { peaks, contests } = results;
  const rates: readonly [number, number] = [peaks.int8 / 1e9 / 2000, (peaks.int8 / 1e9) * 1.5];
  const x = (intensity: number): number => margin + (width - 2 * margin) * logShare(intensity, intensities);
  const y = (rate: number): number => height - margin - (height - 2 * margin) * logShare(rate, rates);
  const points = contests
    .filter((c) => c.threads === 1)
    .flatMap((contest): Point[] => {
      const colour = colours[contest.precision];
      const { macs, bytes } = totalWork(contest);
      const whole = { label: `${contest.model} ${contest.precision}`, colour, radius: 6 };
      const layers = contest.layers.filter((l) => l.macs > 0 && l.latencyNs > 0);
      return [
        ...layers.map((l) => ({
          label: `${contest.model} ${l.node}`,
          colour,
          intensity: l.macs / l.bytes,
          rate: l.macs / l.latencyNs,
          radius: 2,
        })),
        { ...whole, intensity: macs / bytes, rate: macs / timesOf(contest).minNs },
      ];
    });
  const roof = (precision: 'int8' | 'float32'): string => {
    const peak = peaks[precision] / 1e9;
    const corners = [intensities[0], peaks[precision] / peaks.bytes, intensities[1]].map((intensity) => {
      const rate = Math.min(peak, (intensity * peaks.bytes) / 1e9);
      return `${x(intensity).toFixed(1)},${y(rate).toFixed(1)}`;
    });
    return (
      `<polyline points="${corners.join(' ')}" fill="none" stroke="${colours[precision]}"/>` +
      `<text x="${width - margin}" y="${(y(peak) - 6).toFixed(1)}" text-anchor="end">${precision} peak ${peak.toFixed(0)} GMAC/s</text>`
    );
  };
  const dots = points.map(
    (p) =>
      `<circle cx="${x(p.intensity).toFixed(1)}" cy="${y(p.rate).toFixed(1)}" r="${p.radius}" fill="${p.colour}" ` +
      `fill-opacity="${p.radius > 2 ? 0.9 : 0.35}"><title>${escape(p.label)}: ${p.rate.toFixed(1)} GMAC/s</title></circle>` +
      (p.radius > 2
        ? `<text x="${(x(p.intensity) + 8).toFixed(1)}" y="${(y(p.rate) + 4).toFixed(1)}">${escape(p.label)}</text>`
        : ''),
  );
  const ticks = [0.1, 1, 10, 100, 1000].map(
    (v) => `<text x="${x(v)}" y="${height - margin + 18}" text-anchor="middle">${v}</text>`,
  );
  const axis = `M${margin} ${margin}V${height - margin}H${width - margin}`;
  return (
    `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="Roofline"><path d="${axis}" fill="none" stroke="currentColor"/>` +
    `<text x="${width / 2}" y="${height - 14}" text-anchor="middle">multiply-accumulates a byte</text>` +
    `<text x="${margin}" y="${margin - 12}">GMAC/s, logarithmic</text>` +
    `${ticks.join('')}${roof('int8')}${roof('float32')}${dots.join('')}</svg>`
  );
}

/** Text for HTML and SVG. */
export const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
