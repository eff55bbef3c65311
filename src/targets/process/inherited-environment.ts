const names = new Set(['PATH', 'HOME', 'LANG', 'TZ', 'TMPDIR', 'NODE_EXTRA_CA_CERTS']);
const onWindows = new Set(['SYSTEMROOT', 'PATHEXT', 'TEMP', 'TMP', 'USERPROFILE']);

/** What a service gets of the user's own environment: little, so that it runs the same for everybody and no credential leaks into it. */
export function inheritedEnvironment(
  environment: NodeJS.ProcessEnv,
  platform: NodeJS.Platform = process.platform,
): Record<string, string> {
  const entries = Object.entries(environment).filter(([name, value]) => {
    if (value === undefined) return false;
    if (platform === 'win32') return names.has(name.toUpperCase()) || onWindows.has(name.toUpperCase());
    return names.has(name) || name.startsWith('SSL_CERT_');
  });
  return Object.fromEntries(entries) as Record<string, string>;
}
