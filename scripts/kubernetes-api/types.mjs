// The definitions of several OpenAPI documents as one table of short texts, equal ones only once.

const special = {
  'io.k8s.apimachinery.pkg.api.resource.Quantity': 'quantity',
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': 'intOrString',
  'io.k8s.apimachinery.pkg.apis.meta.v1.Time': 'time',
  'io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime': 'microTime',
};
/** Defaults that the server fills in before it compares the keys of list items; no other key has one. */
const keyDefaults = { protocol: 'TCP' };

/**
 * `types`: name to text, a field each, `name[!]:type`, joined by blanks; `!` is required. A type is a scalar's name, `=A|B` one of
 * these texts (with `~` for a blank), `@Name` another type, `[type` a list, `[type%` a set, `[type#key,key=default` a list with keys, `{type` a map.
 * Fields that any of the documents knows are known; required are those that all that know the type require.
 */
export function encodeTypes(documents, { roots, enums }) {
  const merged = mergeDefinitions(documents);
  const reached = reachable(merged, roots);
  const encode = (definition, ref) => encodeFields(merged.get(definition), definition, enums, ref);
  const classes = equalTypes(reached, encode);
  const names = shortNames(classes);
  const nameOf = (definition) => names.get(classes.get(definition));
  const refTo = (definition) => (reached.has(definition) ? `@${nameOf(definition)}` : undefined);
  const types = {};
  for (const definition of [...reached].sort()) types[nameOf(definition)] ??= encode(definition, refTo);
  return { types: Object.fromEntries(Object.entries(types).sort(([a], [b]) => (a < b ? -1 : 1))), nameOf };
}

function mergeDefinitions(documents) {
  const merged = new Map();
  for (const { definitions } of documents) {
    for (const [name, { properties = {}, required = [] }] of Object.entries(definitions)) {
      const known = merged.get(name);
      merged.set(name, {
        properties: { ...known?.properties, ...properties },
        required: known ? known.required.filter((field) => required.includes(field)) : required,
      });
    }
  }
  return merged;
}

function reachable(merged, roots) {
  const seen = new Set();
  const visit = (definition) => {
    if (seen.has(definition)) return;
    seen.add(definition);
    for (const property of Object.values(merged.get(definition).properties)) {
      const target = reference(property.items ?? property.additionalProperties ?? property);
      if (target && isStruct(target, merged)) visit(target);
    }
  };
  for (const root of roots) visit(root);
  return seen;
}

function reference({ $ref }) {
  return $ref?.replace('#/definitions/', '');
}

/** A definition without fields holds anything, unless it is known to have none. */
function isStruct(definition, merged) {
  return !special[definition] && Object.keys(merged.get(definition).properties).length > 0;
}

function encodeFields({ properties, required }, definition, enums, ref) {
  const typeText = (schema, field) => {
    const target = reference(schema);
    if (target) return special[target] ?? ref(target) ?? 'any';
    if (schema.type === 'array') return `[${typeText(schema.items, field)}${listKeys(schema)}`;
    if (schema.additionalProperties) return `{${typeText(schema.additionalProperties, field)}`;
    if (schema.type === 'object') return 'any';
    const values = enums.get(`${definition}.${field}`);
    if (values && schema.type === 'string') return `=${values.join('|').replaceAll(' ', '~')}`;
    return scalar(schema);
  };
  return Object.entries(properties)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([field, schema]) => `${field}${required.includes(field) ? '!' : ''}:${typeText(schema, field)}`)
    .join(' ');
}

function listKeys(schema) {
  const keys = schema['x-kubernetes-list-map-keys'];
  if (keys) return `#${keys.map((key) => (keyDefaults[key] ? `${key}=${keyDefaults[key]}` : key)).join(',')}`;
  return schema['x-kubernetes-list-type'] === 'set' ? '%' : '';
}

function scalar({ type, format }) {
  if (type === 'integer') return format === 'int64' ? 'int64' : 'int32';
  if (type === 'string') return { byte: 'byte', 'date-time': 'time' }[format] ?? 'string';
  return { boolean: 'bool', number: 'number' }[type] ?? 'any';
}

/** Each type to the first of those that are equal to it, by what they hold, whatever they are called. */
function equalTypes(definitions, encode) {
  const sorted = [...definitions].sort();
  let classes = new Map(sorted.map((definition) => [definition, '']));
  for (;;) {
    const first = new Map();
    const next = new Map();
    for (const definition of sorted) {
      const text = encode(definition, (target) =>
        classes.has(target) ? `@${classes.get(target)}` : undefined,
      );
      if (!first.has(text)) first.set(text, definition);
      next.set(definition, first.get(text));
    }
    if (first.size === new Set(classes.values()).size && classes.values().next().value !== '') break;
    classes = next;
  }
  return classes;
}

/** The last part of a definition's name, with as much before it as tells it from others. */
function shortNames(classes) {
  const all = [...new Set(classes.values())];
  const names = new Map();
  for (const definition of all) {
    const parts = definition.split('.');
    let length = 1;
    while (all.some((other) => other !== definition && other.endsWith(`.${parts.slice(-length).join('.')}`)))
      length++;
    names.set(definition, parts.slice(-length).join('.'));
  }
  return names;
}
