/** One chart: how figures grow along a logarithmic axis. */
export interface Chart {
  title: string;
  x: { name: string; values: number[] };
  unit: string;
  series: { name: string; values: number[] }[];
}

const width = 460;
const height = 280;
const margin = { left: 56, right: 150, top: 44, bottom: 44 };
/** Told apart by everybody, on white. */
const colours = ['#0072b2', '#d55e00', '#009e73', '#7b3294'];

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
const label = (value: number) => value.toLocaleString('en-US', { maximumSignificantDigits: 3 });

/** SVG with two charts in a row. */
export function drawCharts(charts: Chart[]): string {
  const rows = Math.ceil(charts.length / 2);
  const drawn = charts.map((chart, at) => {
    const place = `translate(${(at % 2) * width} ${Math.floor(at / 2) * height})`;
    return `<g transform="${place}">\n${drawChart(chart)}\n</g>`;
  });
  const size = `width="${2 * width}" height="${rows * height}" viewBox="0 0 ${2 * width} ${rows * height}"`;
  const title = `How Darkroom's figures grow with ${charts.map(({ x }) => x.name).join(', ')}`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" ${size} font-family="sans-serif" font-size="11" role="img">`,
    `<title>${escaped(title)}</title>`,
    '<rect width="100%" height="100%" fill="#fff"/>',
    ...drawn,
    '</svg>\n',
  ].join('\n');
}

function drawChart({ title, x, unit, series }: Chart): string {
  const all = series.flatMap(({ values }) => values);
  const [low, high] = [decadeBelow(Math.min(...all)), decadeAbove(Math.max(...all))];
  const right = width - margin.right;
  const bottom = height - margin.bottom;
  const xs = scale(x.values[0] ?? 1, x.values.at(-1) ?? 1, margin.left, right);
  const ys = scale(low, high, bottom, margin.top);
  const parts = [
    `<text x="${margin.left}" y="20" font-size="14" font-weight="bold">${escaped(title)}</text>`,
    `<text x="${margin.left}" y="35" fill="#555">${escaped(unit)}</text>`,
  ];
  for (let value = low; value <= high * 1.001; value *= 10) {
    const y = ys(value);
    parts.push(`<line x1="${margin.left}" x2="${right}" y1="${y}" y2="${y}" stroke="#ddd"/>`);
    parts.push(`<text x="${margin.left - 6}" y="${y + 4}" text-anchor="end" fill="#555">${label(value)}</text>`);
  }
  for (const value of x.values) {
    parts.push(`<text x="${xs(value)}" y="${bottom + 16}" text-anchor="middle" fill="#555">${label(value)}</text>`);
  }
  parts.push(
    `<text x="${(margin.left + right) / 2}" y="${bottom + 34}" text-anchor="middle">${escaped(x.name)}</text>`,
  );
  const labelled = apart(series.map(({ values }) => ys(values.at(-1) ?? low)));
  for (const [at, { name, values }] of series.entries()) {
    const colour = colours[at % colours.length];
    const points = values.map((value, index) => `${xs(x.values[index] ?? 1)},${ys(value)}`);
    parts.push(`<polyline fill="none" stroke="${colour}" stroke-width="2" points="${points.join(' ')}"/>`);
    for (const [index, point] of points.entries()) {
      const [cx, cy] = point.split(',');
      const told = `${name}: ${label(values[index] ?? 0)}`;
      parts.push(`<circle cx="${cx}" cy="${cy}" r="3" fill="${colour}"><title>${escaped(told)}</title></circle>`);
    }
    const text = `${name}: ${label(values.at(-1) ?? 0)}`;
    parts.push(`<text x="${right + 8}" y="${(labelled[at] ?? 0) + 4}" fill="${colour}">${escaped(text)}</text>`);
  }
  return parts.join('\n');
}

const decadeBelow = (value: number) => 10 ** Math.floor(Math.log10(value));
const decadeAbove = (value: number) => 10 ** Math.ceil(Math.log10(value));

/** Logarithmic, to tenths of a pixel. */
function scale(from: number, to: number, start: number, end: number): (value: number) => number {
  const span = Math.log(to / from) || 1;
  return (value) => Math.round(10 * (start + ((end - start) * Math.log(value / from)) / span)) / 10;
}

/** Labels that would lie on each other are moved down. */
function apart(places: number[]): number[] {
  const least = 14;
  const moved = [...places];
  let last = Number.NEGATIVE_INFINITY;
  for (const at of places.map((_, index) => index).sort((a, b) => (places[a] ?? 0) - (places[b] ?? 0))) {
    last = Math.max(places[at] ?? 0, last + least);
    moved[at] = last;
  }
  return moved;
}
