export interface Sample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

export interface Family {
  type: string;
  help: string;
  samples: Sample[];
}

export type Exposition = Map<string, Family>;

const label = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"(?:,|$)/y;

/** Reads the Prometheus text format and refuses what Prometheus would refuse. */
export function parseExposition(text: string): Exposition {
  const families: Exposition = new Map();
  const seen = new Set<string>();
  for (const line of text.split('\n').filter((line) => line !== '')) {
    const comment = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line);
    if (comment) {
      const [, kind, name = '', value = ''] = comment;
      const family = familyOf(families, name);
      if (kind === 'HELP') family.help = value;
      else family.type = value;
      continue;
    }
    const sample = parseSample(line);
    const key = JSON.stringify([sample.name, Object.entries(sample.labels).sort()]);
    if (seen.has(key)) throw new Error(`twice: ${line}`);
    seen.add(key);
    familyOf(families, families.has(sample.name) ? sample.name : baseName(sample.name)).samples.push(sample);
  }
  return families;
}

/** The sum of the samples that have these labels, and maybe others; 0 when there are none. */
export function sumOf(families: Exposition, name: string, labels: Record<string, string> = {}): number {
  const samples = familyOf(families, families.has(name) ? name : baseName(name)).samples;
  const found = samples.filter(
    (sample) =>
      sample.name === name && Object.entries(labels).every(([key, value]) => sample.labels[key] === value),
  );
  return found.reduce((sum, sample) => sum + sample.value, 0);
}

function familyOf(families: Exposition, name: string): Family {
  const family = families.get(name) ?? { type: '', help: '', samples: [] };
  families.set(name, family);
  return family;
}

function baseName(name: string): string {
  return name.replace(/_(bucket|sum|count)$/, '');
}

function parseSample(line: string): Sample {
  const match = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/.exec(line);
  const [, name = '', inside = '', value = ''] = match ?? [];
  const number = Number(value.replace(/^([+-]?)Inf$/, '$1Infinity'));
  if (!match || (Number.isNaN(number) && value !== 'NaN')) throw new Error(`not a sample: ${line}`);
  return { name, labels: parseLabels(inside, line), value: number };
}

function parseLabels(inside: string, line: string): Record<string, string> {
  const labels: Record<string, string> = {};
  label.lastIndex = 0;
  while (label.lastIndex < inside.length) {
    const match = label.exec(inside);
    if (!match) throw new Error(`not a list of labels: ${line}`);
    labels[match[1] ?? ''] = match[2] ?? '';
  }
  return labels;
}
