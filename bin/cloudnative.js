#!/usr/bin/env node
'use strict';
// ES5 up to the version check, so that an old Node can say what is wrong.
var version = process.versions.node.split('.').map(Number);
if (version[0] < 20 || (version[0] === 20 && version[1] < 19)) {
  process.stderr.write(`error: cloudnative needs Node.js 20.19 or later; this is ${process.version}\n`);
  process.exit(1);
}

// Compiling a function that has run for some milliseconds takes longer than what is left to do; later versions know that themselves.
if (version[0] === 20) require('node:v8').setFlagsFromString('--interrupt-budget=2000000');

const args = process.argv.slice(2);
const asked = args.length === 1 ? args[0] : args.length === 0 ? '--help' : '';
if (asked === '--version' || asked === '-V') {
  process.stdout.write(`${require('../dist/prepared.json').version}\n`);
} else if (asked === '--help' || asked === '-h' || asked === 'help') {
  process.stdout.write(require('../dist/prepared.json').help);
} else {
  import('../dist/main.js').then(({ main }) => main(args));
}
