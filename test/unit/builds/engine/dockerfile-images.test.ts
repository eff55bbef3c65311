import { expect, it } from 'vitest';
import { imagesOf } from '../../../../src/builds/engine/dockerfile-images.ts';

const references = (dockerfile: string, args = {}) =>
  imagesOf(dockerfile, args).map(({ reference }) => reference);

it('finds what stages start from, not the stages', () => {
  const dockerfile = `# syntax=ignored
ARG BUILD_IMAGE=golang:1.26 RUNTIME_IMAGE="gcr.io/distroless/static:nonroot"
ARG VERSION

FROM --platform=linux/amd64 $BUILD_IMAGE AS build
RUN echo \\
  # a comment inside
  FROM inside:1
FROM build AS Test
FROM scratch
FROM \${RUNTIME_IMAGE}
COPY --from=build /a /a
COPY --chown=1 --from=busybox:1.36 /b /b
COPY --from=0 /c /c
ARG RUNTIME_IMAGE=late:1
FROM TEST
`;
  expect(imagesOf(dockerfile, {})).toEqual([
    { reference: 'golang:1.26', line: 5 },
    { reference: 'gcr.io/distroless/static:nonroot', line: 11 },
    { reference: 'busybox:1.36', line: 13 },
  ]);
});

it.each([
  ['ARG B=x:1\nFROM $B', { B: 'y:2' }, ['y:2']],
  [`ARG T=1\nARG B=x:$T\nFROM \${B}-slim`, {}, ['x:1-slim']],
  [`FROM \${B:-x:1}`, {}, ['x:1']],
  [`ARG B=\nFROM x\${B:+:2}`, {}, ['x']],
  [`ARG B=2\nFROM x\${B:+:$B}`, {}, ['x:$B']],
  ['ARG B\nFROM $B', {}, []],
  ['FROM --platform=$BUILDPLATFORM x:1', {}, ['x:1']],
  ['\ufefffrom x:1 as a\r\nfrom a\r\n', {}, ['x:1']],
  ['# escape=`\nFROM `\n  x:1', {}, ['x:1']],
  ["FROM x:1\nRUN <<EOF cat\nFROM y:1\nEOF\nCOPY <<-'E' /z\nFROM z:1\n\tE\nFROM w:1", {}, ['x:1', 'w:1']],
  ['', {}, []],
])('%j', (dockerfile, args, expected) => {
  expect(references(dockerfile, args)).toEqual(expected);
});
