import { quote } from '../schema/scalars.ts';

const months = 'JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC'.split(' ');
const days = 'SUN MON TUE WED THU FRI SAT'.split(' ');
const fields = [
  { name: 'minute', low: 0, high: 59, words: [] as string[] },
  { name: 'hour', low: 0, high: 23, words: [] },
  { name: 'day of the month', low: 1, high: 31, words: [] },
  { name: 'month', low: 1, high: 12, words: months },
  { name: 'day of the week', low: 0, high: 6, words: days },
];

/** Why the schedule of a CronJob is refused; undefined when it is not. */
export function cronProblem(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const schedule = value.trim();
  if (/^@(yearly|annually|monthly|weekly|daily|midnight|hourly)$/.test(schedule)) return undefined;
  if (/^@every (\d+(\.\d*)?(ns|us|ms|s|m|h))+$/.test(schedule)) return undefined;
  const parts = schedule.split(/\s+/);
  if (parts.length !== fields.length || schedule.startsWith('@'))
    return `is ${quote(value)}, must have 5 fields such as 30 4 * * 1-5, or be one of @hourly, @daily, @weekly, @monthly, @yearly`;
  const wrong = fields.find(
    (field, index) => !parts[index]!.split(',').every((part) => isRange(part, field)),
  );
  return wrong && `is ${quote(value)}: the ${wrong.name} must be within ${wrong.low}-${wrong.high}`;
}

function isRange(text: string, { low, high, words }: (typeof fields)[number]): boolean {
  const [range, step, ...more] = text.split('/');
  if (more.length > 0 || (step !== undefined && !/^[1-9]\d*$/.test(step))) return false;
  if (range === '*' || range === '?') return true;
  const [from, to, ...rest] = range!.split('-').map((part) => {
    const word = words.indexOf(part.toUpperCase());
    return word >= 0 ? low + word : /^\d+$/.test(part) ? Number(part) : Number.NaN;
  });
  return rest.length === 0 && from! >= low && (to ?? from!) <= high && from! <= (to ?? from!);
}
