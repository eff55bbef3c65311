import { quoted } from './promql.ts';

/** A template of Prometheus for the first value of a query, and for what to say when there is none. */
export function asked(expression: string, show: 'humanize' | 'humanizeDuration', otherwise = 'none'): string {
  const value = `. | first | value | ${show}`;
  return `{{ with query ${quoted(expression)} }}{{ ${value} }}{{ else }}${otherwise}{{ end }}`;
}

/** A sentence that names the label of the first series of a query; nothing when there is none. */
export function naming(expression: string, label: string, before: string, after: string): string {
  return `{{ with query ${quoted(expression)} }}${before}{{ . | first | label ${quoted(label)} }}${after}{{ end }}`;
}

/** Text that a template leaves as it is. */
export function plain(text: string): string {
  return text.replaceAll('{{', '{{ "{{" }}');
}
