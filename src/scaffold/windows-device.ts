/** Whether Windows keeps a name for a device, so that no file or folder there can have it. In small letters. */
export function isWindowsDevice(name: string): boolean {
  return /^(con|prn|aux|nul|com[0-9]|lpt[0-9])$/.test(name);
}
